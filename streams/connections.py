"""From settings to what the core and the mapping need to know of each connection."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from connectors.keap.model import TenantModel
from connectors.keap.properties import PROPERTIES as KEAP_PROPERTIES
from schemas.flows import FLOWS, SIDES
from streams.accounts import erp_adapter, mapping_options
from streams.mapping.load import Properties, load_mapping
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Mapping
from streams.settings import ConnectionSettings, Settings
from streams.sync.turn import Context, Limit
from streams.tenants import Tenants

KEAP_ROUNDED_MS: Final = 1000
"""How far a time that Keap shows may lie from the true one: it stores whole seconds, rounded up."""


def properties_of(connection: ConnectionSettings) -> Properties:
    """Return the native properties of both sides; raises ConfigurationError when the ERP's profile or adapter is not right."""
    erp = erp_adapter(connection.erp).properties
    return {flow: {"keap": KEAP_PROPERTIES[flow], "erp": erp[flow]} for flow in FLOWS}


def mapping_of(settings: Settings, connection: ConnectionSettings, tenant: TenantModel | None = None) -> Mapping:
    """Return the mapping of a connection's enabled flows, with those of the optional rows whose custom fields the `tenant` has.

    Raises:
        ConfigurationError: every fault of every file.
    """
    return _loaded(settings, connection, mapping_options(connection, tenant))


def whole_mapping_of(settings: Settings, connection: ConnectionSettings) -> Mapping:
    """Return the mapping of a connection's enabled flows with every optional row, for who asks which there are."""
    return _loaded(settings, connection, replace(mapping_options(connection, None), custom_fields=None))


def _loaded(settings: Settings, connection: ConnectionSettings, options: MappingOptions) -> Mapping:
    mapping = load_mapping(settings.mapping_dir, options, properties_of(connection))
    return {flow: one for flow, one in mapping.items() if connection.enabled(flow)}


def contexts_of(settings: Settings, tenants: Tenants) -> dict[str, Context]:
    """Return what the core has to know, by connection."""
    return {name: context_of(settings, name, tenants[name]) for name in settings.connections}


def context_of(settings: Settings, name: str, tenant: TenantModel) -> Context:
    """Return what the core has to know of one connection."""
    connection = settings.connections[name]
    sides = {"keap": connection.keap, "erp": connection.erp}
    breaker, window_ms = connection.breaker, int(connection.breaker.window_s * 1000)
    return Context(
        connection=name,
        mapping=mapping_of(settings, connection, tenant),
        lag={side: int(sides[side].replica_lag_s * 1000) for side in SIDES},
        rounded={"keap": KEAP_ROUNDED_MS, "erp": erp_adapter(connection.erp).rounded_ms},
        limits={"bulk": settings.bulk_slots, "live": settings.live_slots},
        approve=frozenset(flow for flow, how in connection.flows.items() if how.approve),
        updates=Limit(breaker.updates, breaker.updates_share, window_ms, breaker.updates_most),
        deletes=Limit(breaker.deletes, breaker.deletes_share, window_ms, breaker.deletes_most),
        pilot_flows=frozenset(settings.pilot.flows),
        pilot_only=frozenset(settings.pilot.only),
    )
