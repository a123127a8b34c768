"""The write worker of one side: from settings to a running sink.

1. The schemas, the mapping, which says where records carry their stamp, and the topics are in order.
2. An account answers, and each one that does offers enough to write to it once; others are waited for at their first command.
3. The engine joins the group and hands commands to the writer until SIGTERM.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from connectors.base import Sink
from schemas.errors import ConfigurationError
from schemas.flows import FLOWS, Side
from streams.accounts import account_of, connector
from streams.admin import check_topics
from streams.capabilities import refusals
from streams.connections import mapping_of
from streams.engine.settings import EngineSettings
from streams.engine.worker import run_lanes
from streams.introduction import Introduction, require_accounts
from streams.mapping.rows import Mapping
from streams.patience import Patience
from streams.settings import Settings
from streams.topics import COMMANDS, DEAD_LETTERS, FINISHED, OUTCOMES
from streams.wire import use_worker_format
from streams.write.account import Account
from streams.write.handler import Writer

MOST_AT_ONCE: Final = 256
"""Commands under way in one process, whatever the number of connections."""

log = structlog.get_logger(__name__)


def run_write(settings: Settings, side: Side) -> int:
    """Carry out the commands for one side of every connection, until SIGTERM or SIGINT.

    Returns:
        0 after a stop in order. A worker that cannot go on exits with 70 after one logged sentence.

    Raises:
        ConfigurationError: the mapping or a topic is wrong, the registry refuses a schema, or an account offers too little.
        RetriableError: the broker, the registry or every account does not answer.
    """
    use_worker_format(settings)
    mappings = {name: mapping_of(settings, connection) for name, connection in settings.connections.items()}
    accounts = {name: _account(settings, name, side, mapping) for name, mapping in mappings.items()}
    check_topics(settings)
    asyncio.run(_require(settings, side, mappings))
    return run_lanes(engine_settings(settings, side), Writer(side, accounts, settings.partitions))


def engine_settings(settings: Settings, side: Side) -> EngineSettings:
    """Return how the engine runs this stage."""
    in_flight = (settings.bulk_slots + settings.live_slots) * max(1, len(settings.connections))
    return EngineSettings(
        stage=f"write-{side}",
        bootstrap=settings.kafka,
        security=settings.cluster.access,
        topics=(COMMANDS[side],),
        outputs=(OUTCOMES, DEAD_LETTERS),
        changelog=FINISHED[side],
        partitions=settings.partitions,
        data_dir=settings.data_dir,
        instance=settings.instance,
        concurrency=min(in_flight, MOST_AT_ONCE),
        stall_timeout_s=None,  # an account that is away, or over its quota until midnight, is waited for
    )


def _account(settings: Settings, name: str, side: Side, mapping: Mapping) -> Account:
    account, sink = account_of(settings.connections[name], side), connector(settings, name, side)
    return Account(
        sink=sink,
        stamps={flow: rows.stamp[side] for flow, rows in mapping.items() if side in rows.stamp},
        lag_ms=round(account.replica_lag_s * 1000),
        timeout_ms=round(account.timeout_s * 1000),
        patience=_patience(name, side),
        refusals=lambda: _refusals(settings, name, sink, mapping),
    )


async def _require(settings: Settings, side: Side, mappings: dict[str, Mapping]) -> None:
    """Check the accounts in a loop of their own: the engine's does not run yet, and connections belong to their loop."""
    sinks = {name: connector(settings, name, side) for name in settings.connections}
    try:
        whole = await require_accounts({name: [Introduction(sink, _patience(name, side))] for name, sink in sinks.items()})
    finally:
        await asyncio.gather(*(sink.close() for sink in sinks.values()))
    if refused := [sentence for name in sorted(whole) for sentence in _refusals(settings, name, sinks[name], mappings[name])]:
        raise ConfigurationError(*refused)


def _patience(name: str, side: Side) -> Patience:
    return Patience(log.bind(connection=name, side=side))


def _refusals(settings: Settings, name: str, sink: Sink, mapping: Mapping) -> list[str]:
    traits = {flow: sink.traits(flow) for flow in FLOWS}
    return refusals(name, settings.connections[name], sink.side, mapping, traits)
