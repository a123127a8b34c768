"""Find every fault that would stop the workers, all at once: mapping, accounts, topics, schemas. Nothing is written anywhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.read_model.warnings import clock_warning
from schemas.errors import ConfigurationError, RetriableError
from schemas.flows import SIDES
from streams.accounts import connector
from streams.admin import check_topics
from streams.connections import mapping_of
from streams.wire import registry_faults

if TYPE_CHECKING:
    from connectors.base import Sink
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at, what is wrong with it, and what is only not as it should be."""

    name: str
    faults: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def check_all(settings: Settings) -> list[Checked]:
    """Look at everything the workers need."""
    registry = [Checked("registry", tuple(registry_faults(settings)))] if settings.registry_url else []
    return [_mapping(settings), *asyncio.run(_accounts(settings)), _topics(settings), *registry]


def _mapping(settings: Settings) -> Checked:
    faults: list[str] = []
    for connection in settings.connections.values():
        try:
            mapping_of(settings, connection)
        except ConfigurationError as error:
            faults += error.faults
    return Checked("mapping", tuple(dict.fromkeys(faults)))


async def _accounts(settings: Settings) -> list[Checked]:
    asked = {
        f"{name}: {side}": connector(connection, side, captures=False)
        for name, connection in settings.connections.items()
        for side in SIDES
    }
    return await asyncio.gather(*(_account(name, account) for name, account in asked.items()))


async def _account(name: str, account: Sink) -> Checked:
    try:
        faults, warning = await account.check(), clock_warning(name, account.skew_ms())
        return Checked(name, tuple(faults), (warning,) if warning else ())
    finally:
        await account.close()


def _topics(settings: Settings) -> Checked:
    try:
        check_topics(settings)
    except ConfigurationError as error:
        return Checked("topics", error.faults)
    except RetriableError as error:
        return Checked("topics", (str(error),))
    return Checked("topics", ())
