"""What each part of the hardened engine must do, one scenario per rule.

A scenario raises when the rule is broken. `test_engine_rules.py` plays all of them; `test_stock.py` puts stock Faust's part back into its
place and sees the scenario fail.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from faust.tables.recovery import RebalanceAgain

from streams.engine import assignor as assignor_module
from streams.engine.assignor import Assignor
from tests.engine.polling import until
from tests.engine.scripted import A, B, C, Client, client_of, record, shell, still

SHORT_S = 0.5  # for what takes milliseconds


async def _delivered(consumer: Any, *offsets: int) -> list[Any]:
    await consumer.perform_seek()
    await consumer._deliver_batch(consumer._epoch, {A: [record(A, offset) for offset in offsets]})
    return list(consumer.app.work.inbox.take(0, 100))


async def what_is_finished_without_a_gap_is_committed() -> None:
    """A record behind one in flight is not committed; a hole that no record fills is stepped over."""
    _, consumer, thread = shell({A: 3})
    first, second, last = await _delivered(consumer, 3, 4, 7)
    first.ack()
    last.ack()
    await consumer.commit()
    assert thread.committed == {A: 4}
    second.ack()
    await consumer.commit()
    assert thread.committed == {A: 8}


async def a_refused_commit_is_made_again() -> None:
    """The broker refuses a commit (the group rebalances): the next tick commits the same offset."""
    _, consumer, thread = shell({A: 0})
    (delivery,) = await _delivered(consumer, 0)
    delivery.ack()
    thread.refusals = 1
    assert not await consumer.commit()
    assert thread.committed == {A: 0}
    await consumer.commit()
    assert thread.committed == {A: 1}


async def records_read_before_the_latest_seek_are_left_alone() -> None:
    """They are delivered again after it; what is read after it goes straight into the inbox, each record once."""
    app, consumer, thread = shell({A: 0})
    handed: list[int] = []

    async def hand(message: Any) -> None:
        handed.append(message.offset)

    consumer.callback = hand  # stock's way, record by record
    await consumer.perform_seek()
    await consumer.perform_seek()
    thread.batches.put_nowait((1, {A: [record(A, 0), record(A, 1)]}))
    thread.batches.put_nowait((2, {A: [record(A, 0)]}))
    thread.batches.put_nowait((2, {A: [record(A, 0), record(A, 1)]}))
    reading = asyncio.create_task(consumer._drain_messages(app._fetcher))
    try:
        await until(lambda: thread.fetches > 3, SHORT_S)
        assert [*handed, *(each.record.offset for each in app.work.inbox.take(0, 100))] == [0, 1]
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def what_is_read_between_a_seek_and_the_flow_is_delivered() -> None:
    """Its fetch began before the rebalance, and nobody reads it again."""
    app, consumer, delivering = await _read_behind_a_seek()
    consumer.resume_flow()
    await asyncio.wait_for(delivering, SHORT_S)
    assert [each.record.offset for each in app.work.inbox.take(0, 100)] == [0]


async def what_waits_for_the_flow_is_left_alone_after_the_next_seek() -> None:
    """Another rebalance came: it is read again."""
    app, consumer, delivering = await _read_behind_a_seek()
    await consumer.perform_seek()
    consumer.resume_flow()
    await asyncio.wait_for(delivering, SHORT_S)
    assert app.work.inbox.partitions() == []


async def _read_behind_a_seek() -> tuple[Any, Any, asyncio.Task[None]]:
    """Let a batch be read while nothing flows yet; returns who delivers it, once it waits."""
    app, consumer, _ = shell({A: 0})
    consumer.stop_flow()
    await consumer.perform_seek()
    delivering = asyncio.create_task(consumer._deliver_batch(consumer._epoch, {A: [record(A, 0)]}))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not delivering.done(), "what was read was dropped"
    return app, consumer, delivering


async def partitions_are_given_up_finished_and_committed() -> None:
    """What is in hand ends first, then its offset is committed."""
    app, consumer, _ = shell({A: 0})
    (delivery,) = await _delivered(consumer, 0)

    async def finish() -> None:
        await asyncio.sleep(0)
        delivery.ack()

    app.work.draining = finish
    await consumer.on_partitions_revoked({A})
    assert app.work.notes == ["seek", "drain", "commit 0@1"]


async def a_late_acknowledgement_commits_nothing() -> None:
    """A record that ends after its partition was given up is the next owner's: this one commits it no more."""
    app, consumer, _ = shell({A: 0})
    (delivery,) = await _delivered(consumer, 0)
    await consumer.on_partitions_revoked({A})
    delivery.ack()
    await consumer.commit()
    assert app.work.notes == ["seek", "drain"]
    assert consumer.watermarks == {}


async def giving_up_ends_although_a_record_does_not() -> None:
    """Nobody acknowledges the record: the partitions are given up all the same, and it stays uncommitted."""
    app, consumer, thread = shell({A: 0})
    await _delivered(consumer, 0)
    await asyncio.wait_for(consumer.wait_empty(), SHORT_S)
    assert app.work.notes == ["seek", "drain"]
    assert thread.committed == {A: 0}


async def a_crashed_app_commits_nothing_more() -> None:
    """Nobody knows what its last acknowledgement is worth."""
    app, consumer, thread = shell({A: 0})
    (delivery,) = await _delivered(consumer, 0)
    delivery.ack()
    app._crashed.set()
    await consumer.wait_empty()
    assert thread.committed == {A: 0}


async def nothing_complains_about_streams_we_do_not_have() -> None:
    """Stock's look at stream timings would write errors for ever: no stream of ours ever has any."""
    app, consumer, _ = shell({A: 0})
    await consumer.verify_all_partitions_active()
    assert app.work.notes == []


def _thread(client: Client) -> Any:
    _, consumer, _ = shell({A: 0})
    thread = still(consumer._new_consumer_thread())
    thread._consumer = client

    async def call(function: Any, *arguments: Any) -> Any:
        return await function(*arguments)

    thread.call_thread = call
    consumer._thread = thread
    return thread


async def every_partition_is_positioned() -> None:
    """At its committed offset, 0 included; at the first record there is, where nothing was committed (faust issue 596)."""
    client = Client({A: 0, B: None, C: 7})
    thread = _thread(client)
    await thread.consumer.perform_seek()
    assert client.positions == {A: 0, B: 3, C: 7}


async def only_accepted_heartbeats_count() -> None:
    """The clock of good heartbeats tells when the last one was sent that the broker accepted."""
    client = Client({A: 0})
    thread = _thread(client)
    thread._create_consumer = lambda **_: client
    await thread.on_start()
    await client._coordinator._do_heartbeat()
    accepted = thread.heard_at
    assert accepted > 0
    client.accepts = False
    await client._coordinator._do_heartbeat()
    assert thread.heard_at == accepted


async def the_consumer_reads_committed_and_waits_little() -> None:
    """Aborted records are never seen, and a rebalance's requests do not stand behind a fetch of 1.5 s."""
    client = client_of()
    assert client._isolation_level == "read_committed"
    assert client._fetch_max_wait_ms <= 250


async def an_assignment_is_opened_and_positioned_before_it_flows() -> None:
    """Partitions are opened, then positioned, then worked on, and only then is the first record read."""
    app, consumer, thread = shell({A: 0, B: 0})
    consumer.pause_partitions({A, B})
    thread.batches.put_nowait((1, {A: [record(A, 0)]}))
    try:
        await app.tables.recovery._resume_streams(app.consumer_generation_id)
        await until(app.work.inbox.partitions, SHORT_S)
        assert sorted(app.work.notes[:2]) == ["open 0", "open 1"]
        assert app.work.notes[2:] == ["seek", "resume"]
        assert app.ready
    finally:
        await app._fetcher.stop()


async def an_assignment_that_is_outdated_does_not_flow() -> None:
    """Another rebalance begins while partitions are opened: nothing is read for the one before it."""
    app, consumer, _ = shell({A: 0})
    seek = consumer.perform_seek

    async def overtaken() -> None:
        await seek()
        app.rebalancing_count += 1

    consumer.perform_seek = overtaken
    try:
        await app.tables.recovery._resume_streams(app.consumer_generation_id)
    except RebalanceAgain:
        pass
    else:
        await app._fetcher.stop()
    assert not consumer.flow_active
    assert "resume" not in app.work.notes


async def opening_that_does_not_end_is_an_error() -> None:
    """A time-out is raised by its name, not taken for the end of the service, which ends recovery in silence."""
    app, _, _ = shell({A: 0})
    try:
        await app.tables.recovery._wait(asyncio.Event().wait(), 0.01)
    except TimeoutError:
        return
    raise AssertionError("no time-out")


async def recovery_starts_at_once() -> None:
    """No sleep stands before it: each restart after a crash would pay for it."""
    app, _, _ = shell({A: 0})
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    app.tables.sleep = sleep
    app.tables._update_channels = _nothing
    app.tables.recovery.start = _nothing
    await app.tables.on_start()
    assert slept == []


async def _nothing() -> None:
    """Stand in for what needs a running app."""


async def a_topic_without_metadata_ends_the_worker() -> None:
    """It would be assigned to nobody, and its records wait for ever."""
    reasons: list[str] = []

    class Ended(Exception):  # noqa: N818  # no error: an order
        pass

    def end(reason: str) -> None:
        reasons.append(reason)
        raise Ended

    cluster = SimpleNamespace(partitions_for_topic={"changes": {0}, "outcomes": None}.get)
    plain, assignor_module.die = assignor_module.die, end
    try:
        Assignor._get_copartitioned_groups({"changes", "outcomes"}, cluster, {"member": ["changes", "outcomes"]})
    except Ended:
        pass
    finally:
        assignor_module.die = plain
    assert reasons == ["the broker's metadata lacks outcomes"]
