"""A partition on the real broker: fencing, and recovery from whatever the changelog holds."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient
from structlog.testing import capture_logs

from schemas.errors import FatalError
from streams.engine.partition import Partition
from streams.engine.records import Outputs, Produce
from streams.engine.settings import EngineSettings
from streams.engine.transaction import Transactions
from tests.broker import create_topics
from tests.engine.polling import wait_for
from tests.engine.stage import read_all

pytestmark = pytest.mark.broker


@pytest.fixture
def settings(topic: Callable[..., str], broker: str, tmp_path: Path) -> EngineSettings:
    """Return settings of a stage with one partition."""
    source, out = topic("changes"), topic("out")
    rows = topic("rows", cleanup_policy="compact")
    return EngineSettings(f"stage-{source}", broker, (source,), rows, 1, tmp_path, (out,))


def transactional(settings: EngineSettings, name: str = "writer") -> Producer:
    """Return a ready transactional producer."""
    producer = Producer({"bootstrap.servers": settings.bootstrap, "transactional.id": f"{settings.stage}-{name}"})
    producer.init_transactions(30)
    return producer


def table(partition: Partition) -> dict[bytes, bytes]:
    """Return all rows."""
    return dict(partition.table.scan(b""))


def test_rows_and_records_are_seen_together(settings: EngineSettings):
    """Outputs are in the table, in the changelog and on their topic, headers and all."""
    partition = Partition(settings, 0)
    out = settings.outputs[0]
    partition.write(Outputs({b"a": b"1", b"b": b"2"}, [Produce(out, 0, b"k", b"v", (("name", b"value"),))]))
    partition.write(Outputs({b"a": None}))
    assert table(partition) == {b"b": b"2"}
    partition.close()
    (record,) = read_all(settings.bootstrap, out)
    assert (record.key(), record.value(), record.headers()) == (b"k", b"v", [("name", b"value")])
    changes = [(row.key(), row.value()) for row in read_all(settings.bootstrap, settings.changelog)]
    assert changes == [(b"a", b"1"), (b"b", b"2"), (b"a", None)]


def test_taking_over_fences_the_one_before(settings: EngineSettings, tmp_path: Path):
    """Once a successor opened the partition, its predecessor's writes fail for good and are never seen."""
    old = Partition(settings, 0)
    old.write(Outputs({b"a": b"old"}))
    new = Partition(replace(settings, data_dir=tmp_path / "new"), 0)
    assert table(new) == {b"a": b"old"}
    with pytest.raises(FatalError, match="took over"):
        old.write(Outputs({b"a": b"zombie"}, [Produce(settings.outputs[0], 0, b"k", b"zombie")]))
    assert table(old) == {b"a": b"old"}
    new.write(Outputs({b"a": b"new"}))
    assert [row.value() for row in read_all(settings.bootstrap, settings.changelog)] == [b"old", b"new"]
    assert list(read_all(settings.bootstrap, settings.outputs[0])) == []
    new.close()
    old.close()


def test_who_is_fenced_in_the_middle_of_its_records_says_so(settings: EngineSettings):
    """It learns of it by a record of its own, and librdkafka answers the next one "Fatal error", whatever was fatal."""
    old = Transactions(settings, 0)
    old._producer.begin_transaction()
    old._send(settings.outputs[0], 0, b"k", b"first")
    old._producer.flush(10)
    new = Transactions(settings, 0)
    old._send(settings.outputs[0], 0, b"k", b"second")
    with pytest.raises(KafkaException, match="fenced"):
        old._producer.flush(10)
    with pytest.raises(KafkaException, match="Fatal error") as caught:
        old._send(settings.outputs[0], 0, b"k", b"third")
    assert str(old._failure(caught.value)).endswith("another worker took over")
    assert new.write(Outputs({b"a": b"1"})) is not None


def test_an_open_transaction_of_a_dead_predecessor_is_no_obstacle(settings: EngineSettings):
    """What a worker had sent but not committed when it died is aborted and skipped."""
    dead = transactional(settings, "0")
    dead.begin_transaction()
    dead.produce(settings.changelog, b"half", b"a", partition=0)
    dead.flush(10)
    partition = Partition(settings, 0)
    assert table(partition) == {}
    partition.write(Outputs({b"b": b"1"}))
    partition.close()
    assert [row.key() for row in read_all(settings.bootstrap, settings.changelog)] == [b"b"]


def test_recovery_skips_aborted_transactions(settings: EngineSettings):
    """An empty store ends with exactly the committed rows, also when the changelog ends in aborted ones."""
    choose = random.Random(7)
    producer = transactional(settings)
    expected: dict[bytes, bytes] = {}
    for number in range(40):
        abort = number > 35 or choose.random() < 0.3
        rows = {b"%d" % choose.randrange(50): b"%d" % number for _ in range(10)}
        producer.begin_transaction()
        for key, value in rows.items():
            producer.produce(settings.changelog, None if number % 7 == 0 else value, key, partition=0)
        if abort:
            producer.flush(10)
            producer.abort_transaction()
            continue
        producer.commit_transaction()
        for key, value in rows.items():
            if number % 7 == 0:
                expected.pop(key, None)
            else:
                expected[key] = value
    partition = Partition(settings, 0)
    assert table(partition) == expected
    partition.close()


def test_recovery_goes_on_from_the_local_store(settings: EngineSettings):
    """A store that is up to date applies nothing; one that lacks a row applies that row."""
    with capture_logs() as logs:
        partition = Partition(settings, 0)
        partition.write(Outputs({b"a": b"1", b"b": b"1"}))
        partition.close()
        Partition(settings, 0).close()
        producer = transactional(settings)
        producer.begin_transaction()
        producer.produce(settings.changelog, b"2", b"a", partition=0)
        producer.commit_transaction()
        partition = Partition(settings, 0)
    assert table(partition) == {b"a": b"2", b"b": b"1"}
    partition.close()
    assert [entry["rows"] for entry in logs] == [0, 0, 1]


def test_a_changelog_made_anew_empties_the_store(settings: EngineSettings):
    """When the changelog was deleted and made again, the local rows are gone with it."""
    partition = Partition(settings, 0)
    for number in range(5):
        partition.write(Outputs({b"a": b"%d" % number}))
    partition.close()
    admin = AdminClient({"bootstrap.servers": settings.bootstrap})
    admin.delete_topics([settings.changelog])[settings.changelog].result(20)
    wait_for(lambda: settings.changelog not in admin.list_topics(timeout=10).topics)
    create_topics(settings.bootstrap, {settings.changelog: 1})
    partition = Partition(settings, 0)
    assert table(partition) == {}
    partition.close()


@pytest.mark.parametrize(("outputs", "reason"), [(Outputs({b"a": b"x" * 1_000_001}), "limit"), (Outputs({b"\0a": b"x"}), "zero byte")])
def test_what_the_broker_or_the_store_would_refuse_is_not_begun(settings: EngineSettings, outputs: Outputs, reason: str):
    """Such outputs fail before anything is sent, and the partition goes on afterwards."""
    partition = Partition(settings, 0)
    with pytest.raises(FatalError, match=reason):
        partition.write(outputs)
    partition.write(Outputs({b"b": b"x" * 999_000}))
    assert [key for key, _ in partition.table.scan(b"")] == [b"b"]
    partition.close()


def test_the_ends_of_the_sources_are_known(settings: EngineSettings):
    """A partition knows where its source topics ended when it was opened."""
    producer = Producer({"bootstrap.servers": settings.bootstrap})
    for number in range(3):
        producer.produce(settings.topics[0], b"%d" % number, b"k", partition=0)
    producer.flush(10)
    partition = Partition(settings, 0)
    assert partition.ends == {settings.topics[0]: 3}
    partition.close()
