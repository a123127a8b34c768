"""What reaches a stage from the real broker, and what ends it."""

from pathlib import Path

import pytest
from confluent_kafka import Producer

from tests.engine.polling import wait_for
from tests.engine.stage import PARTITIONS, Stage, stage, terminate

pytestmark = pytest.mark.broker


def transactional(counting: Stage) -> Producer:
    """Return a ready transactional producer."""
    broker = counting.settings.bootstrap
    producer = Producer({"bootstrap.servers": broker, "transactional.id": counting.settings.stage, "partitioner": "murmur2_random"})
    producer.init_transactions(30)
    return producer


def test_records_of_aborted_transactions_are_never_seen(broker: str, tmp_path: Path):
    """Only committed numbers are counted, and the gaps the aborted ones leave do not hold up the commits."""
    with stage(broker, tmp_path) as counting:
        producer = transactional(counting)
        for number in range(21):
            producer.begin_transaction()
            for key in range(8):
                producer.produce(counting.topics[0], str(number), f"key-{key}")
            if number % 3 == 1:
                producer.flush(10)
                producer.abort_transaction()
            else:
                producer.commit_transaction()
        committed = [number for number in range(21) if number % 3 != 1]
        worker = counting.start()
        assert counting.await_sent(8 * len(committed)) == {f"key-{key}": committed for key in range(8)}
        assert terminate(worker) == 0
        assert counting.lag() <= PARTITIONS  # behind a trailing marker the lag stays at 1


def test_a_defect_ends_the_worker_with_one_line(broker: str, tmp_path: Path):
    """An exception that leaves a handler ends the process with 70, and nothing of its chunk is committed."""
    with stage(broker, tmp_path) as counting:
        counting._producer.produce(counting.topics[0], "no number", "key")
        counting.flush()
        worker = counting.start()
        assert worker.wait(30) == 70
        assert counting.log("worker-0").count("worker.failed") == 1
        assert f"from {counting.topics[0]}/" in counting.log("worker-0")
        assert counting.lag() == 1


def test_a_backlog_larger_than_memory_flows_through(broker: str, tmp_path: Path):
    """A full inbox holds the consumer up and lets it go on: everything arrives, in order."""
    with stage(broker, tmp_path, queue=50, chunk=20) as counting:
        for number in range(100):
            for key in range(12):
                counting.send(f"key-{key}", number)
        counting.flush()
        counting.start()
        assert counting.await_sent(1200) == {f"key-{key}": list(range(100)) for key in range(12)}


def test_a_full_inbox_does_not_hold_up_a_rebalance(broker: str, tmp_path: Path):
    """A worker whose inbox is full gives its partitions up like any other."""
    with stage(broker, tmp_path, queue=20, chunk=2) as counting:
        for number in range(300):
            for key in range(12):
                counting.send(f"key-{key}", number)
        counting.flush()
        first = counting.start()
        wait_for(lambda: counting.read(counting.out))
        counting.start()
        wait_for(lambda: "partition.recovered" in counting.log("worker-1"))
        assert counting.await_sent(3600) == {f"key-{key}": list(range(300)) for key in range(12)}
        assert terminate(first) == 0
