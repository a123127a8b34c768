"""The same step in Quix Streams, with its own defaults: at-least-once, a checkpoint every 5 seconds, RocksDB and changelog by the library.

Its state belongs to a message key, ours to a connection: the messages are keyed by connection. It runs in a virtual environment of its
own, for it needs another confluent-kafka than we do.
"""

from __future__ import annotations

from typing import Any

from quixstreams import Application, State  # type: ignore[import-not-found,unused-ignore]
from quixstreams.models import BytesSerializer  # type: ignore[import-not-found,unused-ignore]

from bench.loops.arguments import parse
from bench.loops.step import Sent, Step
from streams.topics import COMMANDS, JOURNAL


class Rows:
    """Quix's state as a table of bytes."""

    def __init__(self, state: State) -> None:
        """Read from `state`."""
        self.state = state

    def get(self, key: bytes) -> bytes | None:
        """Return a row."""
        row: bytes | None = self.state.get_bytes(key)
        return row


class Value(BytesSerializer):  # type: ignore[misc,unused-ignore]
    """Takes the bytes out of what is sent."""

    def __call__(self, value: Sent, ctx: Any) -> bytes:  # noqa: ARG002 - the library's signature
        """Return them."""
        return value.value


def main() -> None:
    """Run until SIGTERM."""
    told = parse()
    step = Step(told.connections)
    app = Application(
        told.kafka,
        consumer_group=told.source,
        auto_offset_reset="earliest",
        state_dir=told.data,
        producer_extra_config={"partitioner": "murmur2_random"},
        loglevel="WARNING",
    )
    topics = {name: app.topic(name, key_serializer="bytes", value_serializer=Value()) for name in (*COMMANDS.values(), JOURNAL)}
    source = app.topic(told.source, key_deserializer="bytes", value_deserializer="bytes")

    def decided(value: bytes, state: State) -> list[Sent]:
        found = []
        for decision, sent in step(value, Rows(state)):
            for key, row in decision.rows.items():
                if row is None:
                    state.delete(key)
                else:
                    state.set_bytes(key, row)
            found += sent
        return found

    frame = app.dataframe(source).apply(decided, stateful=True, expand=True)
    frame.to_topic(lambda sent, *_: topics[sent.topic], key=lambda sent: sent.key)
    app.run()


if __name__ == "__main__":
    main()
