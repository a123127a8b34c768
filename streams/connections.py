"""From settings to what the core and the mapping need to know of each connection."""

from __future__ import annotations

from typing import Final

from connectors.erp.properties import PROPERTIES as ERP_PROPERTIES
from connectors.keap.properties import PROPERTIES as KEAP_PROPERTIES
from schemas.flows import FLOWS, SIDES, Side
from streams.accounts import mapping_options
from streams.mapping.load import Properties, load_mapping
from streams.mapping.rows import Mapping
from streams.settings import ConnectionSettings, Settings
from streams.sync.turn import Context

PROPERTIES: Final[Properties] = {flow: {"keap": KEAP_PROPERTIES[flow], "erp": ERP_PROPERTIES[flow]} for flow in FLOWS}
ROUNDED_MS: Final[dict[Side, int]] = {"keap": 1000, "erp": 0}
"""How far a shown time may lie from the true one: Keap stores whole seconds, rounded up; the ERP contract asks for milliseconds."""


def mapping_of(settings: Settings, connection: ConnectionSettings) -> Mapping:
    """Return the mapping of a connection's enabled flows; raises ConfigurationError with every fault of every file."""
    mapping = load_mapping(settings.mapping_dir, mapping_options(connection), PROPERTIES)
    return {flow: one for flow, one in mapping.items() if connection.enabled(flow)}


def contexts_of(settings: Settings) -> dict[str, Context]:
    """Return what the core has to know, by connection."""
    return {name: context_of(settings, name) for name in settings.connections}


def context_of(settings: Settings, name: str) -> Context:
    """Return what the core has to know of one connection."""
    connection = settings.connections[name]
    sides = {"keap": connection.keap, "erp": connection.erp}
    return Context(
        connection=name,
        mapping=mapping_of(settings, connection),
        lag={side: int(sides[side].replica_lag_s * 1000) for side in SIDES},
        rounded=ROUNDED_MS,
        limits={"bulk": settings.bulk_slots, "live": settings.live_slots},
        pilot_flows=frozenset(settings.pilot.flows),
        pilot_only=frozenset(settings.pilot.only),
    )
