"""Find every fault that would stop the workers, all at once: mapping, accounts, topics, schemas. Nothing is written anywhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectors.keap import KeapConnector
from console.fields import field_faults, waiting_sentence, wanted_fields
from console.read_model.warnings import clock_warning
from schemas.errors import ConfigurationError, RetriableError
from schemas.flows import FLOWS, SIDES, Side
from streams.accounts import connector
from streams.admin import check_topics
from streams.capabilities import meanings, refusals
from streams.connections import mapping_of
from streams.tenants import remembered
from streams.wire import registry_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.base import Sink
    from connectors.keap.model import TenantModel
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at, what is wrong with it, and what is only not as it should be."""

    name: str
    faults: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    held: str | None = None
    """The connection whose account does not answer as it should: others can do without it."""


def check_all(settings: Settings) -> list[Checked]:
    """Look at everything the workers need."""
    registry = [Checked("registry", tuple(registry_faults(settings)))] if settings.registry_url else []
    return [_mapping(settings), *asyncio.run(_accounts(settings)), _topics(settings), *registry]


def hindrances(settings: Settings, found: Sequence[Checked]) -> list[str]:
    """Return the faults for which no worker should be started.

    Those of a connection's accounts are none when it ran before and another one is whole: it alone waits.
    """
    held = {checked.held for checked in found if checked.held}
    waiting = {name for name in held if held < settings.connections.keys() and remembered(settings, name)}
    return [fault for checked in found if checked.held not in waiting for fault in checked.faults]


def _mapping(settings: Settings) -> Checked:
    faults: list[str] = []
    for connection in settings.connections.values():
        try:
            mapping_of(settings, connection)
        except ConfigurationError as error:
            faults += error.faults
    return Checked("mapping", tuple(dict.fromkeys(faults)))


async def _accounts(settings: Settings) -> list[Checked]:
    return await asyncio.gather(*(_account(settings, name, side) for name in settings.connections for side in SIDES))


async def _account(settings: Settings, name: str, side: Side) -> Checked:
    label = f"{name}: {side}"
    try:
        account = connector(settings, name, side)
    except ConfigurationError:  # the mapping said it
        return Checked(label, ())
    try:
        faults, warning = await account.check(), clock_warning(label, account.skew_ms())
        warnings = (warning,) if warning else ()
        if faults:
            return Checked(label, tuple(faults), warnings, held=name)
        if isinstance(account, KeapConnector):
            return _with_fields(settings, name, await account.model(), _capable(settings, name, account, warnings))
        return _capable(settings, name, account, warnings)
    except RetriableError as error:  # it answered a moment ago
        return Checked(label, (f"{label}: {error}",), held=name)
    finally:
        await account.close()


def _capable(settings: Settings, name: str, account: Sink, warnings: tuple[str, ...]) -> Checked:
    """Judge what an account offers. Keap's own shape is known to all; the ERP's is worth saying."""
    label, connection = f"{name}: {account.side}", settings.connections[name]
    traits = {flow: account.traits(flow) for flow in FLOWS}
    said = meanings(traits) if account.side == "erp" else []
    try:
        refused = refusals(name, connection, account.side, mapping_of(settings, connection), traits)
    except ConfigurationError:  # the mapping said it
        refused = []
    return Checked(label, tuple(refused), (*warnings, *(f"{label}: {sentence}" for sentence in said)))


def _with_fields(settings: Settings, name: str, tenant: TenantModel, checked: Checked) -> Checked:
    """Hold the mapping against the account's custom fields."""
    try:
        wanted = wanted_fields(settings, name, tenant)
    except ConfigurationError:  # the mapping said it
        return checked
    waiting = waiting_sentence([(field.flow, field.label) for field in wanted if field.optional and field.there is None])
    warnings = (*checked.warnings, *([f"{name}: {waiting}"] if waiting else []))
    return replace(checked, faults=(*checked.faults, *(f"{name}: {fault}" for fault in field_faults(wanted))), warnings=warnings)


def _topics(settings: Settings) -> Checked:
    try:
        check_topics(settings)
    except ConfigurationError as error:
        return Checked("topics", error.faults)
    except RetriableError as error:
        return Checked("topics", (str(error),))
    return Checked("topics", ())
