"""A loop written by hand: consume a batch, decide, send rows and outputs, flush, write the store, commit.

The ceiling for Python on confluent-kafka. No transactions: a crash in the wrong place leaves commands without their rows.
"""

from __future__ import annotations

import signal
import threading
import time

from confluent_kafka import Producer
from rocksdict import Options, Rdict, WriteBatch

from bench.loops.arguments import Arguments, parse
from bench.loops.step import Step
from bench.loops.waiting import Waiting
from streams.clients import consumer, producer

BATCH = 500
COMMIT_S = 1.0
QUEUE = 2_000_000
"""The mark of a snapshot is one event, and releases every link that waited for it."""


class Batch:
    """The store with the rows of a batch over it."""

    def __init__(self, store: Rdict) -> None:
        """Begin with nothing over the store."""
        self._store = store
        self.rows: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        """Return a row."""
        row: bytes | None = self.rows[key] if key in self.rows else self._store.get(key)
        return row


def main() -> None:
    """Loop until SIGTERM."""
    told = parse()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    told.data.mkdir(parents=True, exist_ok=True)
    store = Rdict(str(told.data / "store"), options=Options(raw_mode=True))
    source, step = consumer(told.kafka, told.source), Step(told.connections)
    sink = producer(told.kafka, None, **{"queue.buffering.max.messages": QUEUE})
    source.subscribe([told.source])
    committed, waiting = time.monotonic(), Waiting()
    while not stop.is_set():
        messages = [message for message in source.consume(BATCH, 0.1) if message.error() is None]
        if not messages:
            continue
        batch = Batch(store)
        for message in messages:
            for decision, sent in step(message.value(), batch):
                batch.rows.update(decision.rows)
                for record in sent:
                    sink.produce(record.topic, record.value, record.key)
            source.store_offsets(message)
        _write(told, sink, store, batch.rows, waiting)
        if time.monotonic() - committed > COMMIT_S:
            source.commit(asynchronous=True)
            committed = time.monotonic()
    source.close()
    store.close()


def _write(told: Arguments, sink: Producer, store: Rdict, rows: dict[bytes, bytes | None], waiting: Waiting) -> None:
    written = WriteBatch(raw_mode=True)
    for key, value in rows.items():
        sink.produce(told.changelog, value, key, 0)
        if value is None:
            written.delete(key)
        else:
            written.put(key, value)
    with waiting():
        sink.flush()
    store.write(written)


if __name__ == "__main__":
    main()
