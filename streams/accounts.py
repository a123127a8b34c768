"""From the settings of a connection to its connectors and its mapping options."""

from __future__ import annotations

from pathlib import Path

from connectors.base import Sink
from connectors.budget import Pacer, Policy
from connectors.budget.books import SharedBooks
from connectors.erp import Adapter, adapter_of
from connectors.erp.properties import PROPERTIES as CONTRACT_PROPERTIES
from connectors.keap import KeapConnector
from connectors.keap.model import TenantModel
from schemas.flows import Side
from streams.credentials import auth_of, token_of
from streams.mapping.options import MappingOptions
from streams.settings import ConnectionSettings, ErpSettings, Settings, SideSettings


def connector(settings: Settings, name: str, side: Side) -> Sink:
    """Return a connector to one side's account of a connection, which shares the account's budget with all others of this host."""
    if side == "keap":
        return keap_connector(settings, name)
    return _erp(settings.connections[name].erp, _pacer(settings, name, side))


def keap_connector(settings: Settings, name: str) -> KeapConnector:
    """Return a connector to a connection's Keap account."""
    account = settings.connections[name].keap
    return KeapConnector(
        account.url,
        auth_of(account),
        pacer=_pacer(settings, name, "keap"),
        timeout_s=account.timeout_s,
        stamp_field=account.stamp_field,
    )


def account_of(connection: ConnectionSettings, side: Side) -> SideSettings:
    """Return the settings of one side's account."""
    return connection.keap if side == "keap" else connection.erp


def policy_of(account: SideSettings) -> Policy:
    """Return what is configured of an account's budget."""
    return Policy(account.per_second, account.reserve_share)


def books_of(settings: Settings, name: str, side: Side) -> Path:
    """Return the file of an account's budget: one for all connections with the same address and credentials."""
    account = account_of(settings.connections[name], side)
    mine = account.url.rstrip("/"), account.token, account.oauth
    for first, connection in sorted(settings.connections.items()):
        other = account_of(connection, side)
        if (other.url.rstrip("/"), other.token, other.oauth) == mine:
            return settings.data_dir / "budget" / f"{first}-{side}.json"
    raise AssertionError(f"connection {name} is not among the settings")


def erp_adapter(account: ErpSettings) -> Adapter:
    """Return what speaks to an ERP; raises ConfigurationError when its profile or adapter is not right."""
    return adapter_of(adapter=account.adapter, profile=account.profile)


def mapping_options(connection: ConnectionSettings, tenant: TenantModel | None) -> MappingOptions:
    """Return what the mapping has to know of a connection; without a `tenant`, no optional row counts."""
    has = erp_adapter(connection.erp).properties
    return MappingOptions(
        default_country=connection.default_country,
        keap_zone=connection.keap.time_zone,
        erp_zone=connection.erp.time_zone,
        keap_stamp_field=connection.keap.stamp_field,
        custom_fields=tenant.custom_fields if tenant else {},
        lacking={flow: names - has[flow] for flow, names in CONTRACT_PROPERTIES.items()},
        currency=tenant.currency if tenant else None,
    )


def _pacer(settings: Settings, name: str, side: Side) -> Pacer:
    return Pacer(policy_of(account_of(settings.connections[name], side)), SharedBooks(books_of(settings, name, side)))


def _erp(account: ErpSettings, pacer: Pacer) -> Sink:
    return erp_adapter(account).connect(account.url, token_of(account), pacer=pacer, timeout_s=account.timeout_s)
