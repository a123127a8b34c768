"""Mutants of the hardened engine: stock Faust's part back in its place, and the rule that breaks.

Each of them lost events, repeated them or hung in silence; the table says what happens again when somebody takes our part away.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import faust
import pytest
from faust.app.base import BootStrategy as FaustBootStrategy
from faust.assignor.partition_assignor import PartitionAssignor
from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery as FaustRecovery
from faust.tables.recovery import ServiceStopped
from faust.transport.drivers import aiokafka as driver

from streams.engine import shell
from streams.engine.assignor import Assignor
from streams.engine.recovery import Recovery, Tables
from streams.engine.shell import BootStrategy, Shell
from streams.engine.transport import Consumer, ConsumerThread, Transport
from tests.engine import scenarios as rules
from tests.engine import told
from tests.engine.memory import settings

pytestmark = pytest.mark.anyio

STOCK = {
    ConsumerThread: driver.AIOKafkaConsumerThread,
    Consumer: driver.Consumer,
    Transport: driver.Transport,
    Recovery: FaustRecovery,
    Tables: TableManager,
    Assignor: PartitionAssignor,
    BootStrategy: FaustBootStrategy,
    Shell: faust.App,
}
BREAKS: dict[tuple[type, str], Callable[[], Awaitable[None]]] = {
    (ConsumerThread, "_create_worker_consumer"): rules.the_consumer_reads_committed_and_waits_little,
    (ConsumerThread, "on_start"): rules.only_accepted_heartbeats_count,
    (Consumer, "_new_consumer_thread"): rules.the_consumer_reads_committed_and_waits_little,
    (Consumer, "perform_seek"): rules.every_partition_is_positioned,
    (Consumer, "_drain_messages"): rules.records_read_before_the_latest_seek_are_left_alone,
    (Consumer, "_filter_tps_with_pending_acks"): rules.what_is_finished_without_a_gap_is_committed,
    (Consumer, "_new_offset"): rules.what_is_finished_without_a_gap_is_committed,
    (Consumer, "_commit_offsets"): rules.a_refused_commit_is_made_again,
    (Consumer, "on_partitions_revoked"): rules.a_late_acknowledgement_commits_nothing,
    (Consumer, "wait_empty"): rules.partitions_are_given_up_finished_and_committed,
    (Consumer, "verify_event_path"): rules.nothing_complains_about_streams_we_do_not_have,
    (Transport, "Consumer"): rules.every_partition_is_positioned,
    (Recovery, "_resume_streams"): rules.an_assignment_is_opened_and_positioned_before_it_flows,
    (Recovery, "_wait"): rules.opening_that_does_not_end_is_an_error,
    (Tables, "recovery"): rules.an_assignment_is_opened_and_positioned_before_it_flows,
    (Tables, "on_start"): rules.recovery_starts_at_once,
    (Assignor, "_get_copartitioned_groups"): rules.a_topic_without_metadata_ends_the_worker,
    (BootStrategy, "enable_kafka_producer"): told.nothing_is_started_that_sends_or_serves,
    (Shell, "BootStrategy"): told.nothing_is_started_that_sends_or_serves,
    (Shell, "_new_transport"): rules.every_partition_is_positioned,
}
OPTIONS: dict[str, Callable[[], Awaitable[None]]] = {
    "broker": told.the_brokers_that_were_named_are_called,
    "broker_credentials": told.the_consumer_shows_what_opens_the_door,
    "PartitionAssignor": told.partition_p_of_all_topics_goes_to_one_worker,
    "TableManager": rules.an_assignment_is_opened_and_positioned_before_it_flows,
    "datadir": told.nothing_is_made_in_the_working_directory,
    "web_enabled": told.nothing_is_started_that_sends_or_serves,
    "topic_allow_declare": told.no_topic_is_made,
    "topic_disable_leader": told.nothing_is_read_but_the_sources,
    "consumer_group_instance_id": told.a_worker_with_a_name_keeps_it,
    "broker_session_timeout": told.a_silent_worker_is_out_after_the_session,
    "broker_heartbeat_interval": told.heartbeats_are_as_frequent_as_was_set,
    "broker_rebalance_timeout": told.a_rebalance_waits_no_longer_than_was_set,
    "broker_commit_interval": told.offsets_are_committed_as_often_as_was_set,
    "broker_max_poll_records": told.a_fetch_brings_no_more_than_a_chunk,
    "broker_max_poll_interval": told.a_full_inbox_is_no_reason_to_be_thrown_out,
}
"""Faust's settings without which a rule breaks."""
BROKEN = (AssertionError, ServiceStopped)
"""How a rule breaks; a name that stock does not have is no proof. A time-out in its recovery ends the service, in silence."""
NO_PART = {"__init__", "_recovery", "__module__", "__doc__", "__annotations__", "__abstractmethods__", "_abc_impl", "logger"}
"""A class's own state, and what Python and mode write into each class by themselves."""


@pytest.mark.parametrize(
    ("part", "rule"), BREAKS.items(), ids=lambda each: getattr(each, "__name__", None) or f"{each[0].__name__}.{each[1]}"
)
async def test_with_stock_in_its_place_the_rule_breaks(
    part: tuple[type, str], rule: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
):
    """Our part is what keeps the rule."""
    ours, name = part
    monkeypatch.setattr(ours, name, inspect.getattr_static(STOCK[ours], name))
    with pytest.raises(BROKEN):
        await rule()


@pytest.mark.parametrize(("option", "rule"), OPTIONS.items(), ids=lambda each: getattr(each, "__name__", each))
async def test_with_stock_settings_the_rule_breaks(option: str, rule: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch):
    """What Faust does unless it is told otherwise breaks the rule."""
    options = shell._options
    monkeypatch.setattr(shell, "_options", lambda given: {name: value for name, value in options(given).items() if name != option})
    with pytest.raises(BROKEN):
        await rule()


def test_every_override_is_in_the_table():
    """Whatever the engine puts in place of stock Faust has a rule that breaks without it."""
    ours: list[tuple[type, str]] = [(mine, name) for mine, stock in STOCK.items() for name in _overrides(mine, stock)]
    assert sorted(map(str, ours)) == sorted(map(str, BREAKS))


def test_every_setting_is_in_the_table():
    """Whatever Faust is told has a rule that breaks when it is not told."""
    assert sorted(shell._options(settings())) == sorted(OPTIONS)


def _overrides(mine: type[Any], stock: type[Any]) -> list[str]:
    inherited = {name for each in stock.__mro__[:-1] for name in vars(each)}
    return [name for name in vars(mine) if name in inherited - NO_PART]
