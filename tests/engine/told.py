"""What Faust has to be told, or to do by itself, one scenario per rule; played and broken like those of `scenarios.py`."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from streams.engine.assignor import Assignor
from tests.engine.scripted import A, client_of, shell


async def the_brokers_that_were_named_are_called() -> None:
    """All of them, so that one that is away does not matter."""
    client = client_of(bootstrap="one:9092,two:9093")
    assert client._client._bootstrap_servers == ["one:9092", "two:9093"]


async def the_consumer_shows_what_opens_the_door() -> None:
    """A broker that asks for a name is told it."""
    named = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": "sync", "sasl.password": "word"}
    client = client_of(security=named)._client
    assert (client._security_protocol, client._sasl_mechanism, client._sasl_plain_username) == ("SASL_PLAINTEXT", "PLAIN", "sync")


async def a_fresh_group_reads_from_the_first_record() -> None:
    """So does one whose position is past the retention."""
    assert client_of()._auto_offset_reset == "earliest"


async def a_worker_with_a_name_keeps_it() -> None:
    """The group knows it by its name when it is started again (KIP-345)."""
    assert client_of(instance="1")._group_instance_id == "memory-1"


async def a_silent_worker_is_out_after_the_session() -> None:
    """After the time that was set, not after Faust's minute: so long its partitions stand still."""
    assert client_of()._session_timeout_ms == 10_000


async def heartbeats_are_as_frequent_as_was_set() -> None:
    """Several fit into a session: lanes begin no call once the last good one is old."""
    assert client_of()._heartbeat_interval_ms == 1_000


async def a_rebalance_waits_no_longer_than_was_set() -> None:
    """A member that does not give up its partitions holds up the others for this time."""
    assert client_of()._rebalance_timeout_ms == 30_000


async def a_full_inbox_is_no_reason_to_be_thrown_out() -> None:
    """Nothing is asked for while it is full, which may last for hours: the watchdog looks after stalls."""
    assert client_of()._max_poll_interval_ms >= 3_600_000


async def a_fetch_brings_no_more_than_a_chunk() -> None:
    """What is read beyond the inbox's room waits in memory all the same."""
    assert client_of()._max_poll_records == 500


async def offsets_are_committed_as_often_as_was_set() -> None:
    """What is not committed is read once more after a crash."""
    _, consumer, _ = shell({A: 0})
    assert consumer.commit_interval == 1.0


async def partition_p_of_all_topics_goes_to_one_worker() -> None:
    """The group's strategy is our assignor."""
    assert [type(each) for each in client_of()._partition_assignment_strategy] == [Assignor]


async def nothing_is_made_in_the_working_directory() -> None:
    """What Faust keeps on the disk is where the stores are, which may be deleted and written to."""
    with TemporaryDirectory() as data, TemporaryDirectory() as working, chdir(working):
        app, _, _ = shell({A: 0}, data_dir=Path(data))
        app.work.settings.directory.mkdir()
        app._create_directories()
        assert _found_in(working) == []


def _found_in(folder: str) -> list[Path]:
    return list(Path(folder).iterdir())


async def no_topic_is_made() -> None:
    """A topic that is missing is a fault of the set-up; made by Faust it would have the wrong shape."""
    app, _, _ = shell({A: 0})
    made: list[str] = []

    async def create_topic(*, topic: str, **_: object) -> None:
        made.append(topic)

    async def producer() -> Any:
        return SimpleNamespace(create_topic=create_topic)

    app.maybe_start_producer = producer
    await app.topic(*app.work.settings.topics).maybe_declare()
    assert made == []


async def nothing_is_read_but_the_sources() -> None:
    """No topic of Faust's own is subscribed to: it is not there, and nobody would be assigned it."""
    app, _, _ = shell({A: 0})
    await app._leader_assignor.on_start()
    assert list(app.topics) == []


async def nothing_is_started_that_sends_or_serves() -> None:
    """Everything is sent in a partition's transactions, and no web server listens on all interfaces."""
    app, _, _ = shell({A: 0})
    services = [type(each).__name__ for each in app.boot_strategy.server()]
    assert "Producer" not in services
    assert not any("Web" in name for name in services)
    assert "Consumer" in services
