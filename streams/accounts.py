"""From the settings of a connection to its connectors and its mapping options."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from connectors.base import Sink, Source
from connectors.erp import Adapter, adapter_of
from connectors.keap import KeapConnector
from schemas.errors import RetriableError
from schemas.flows import Side
from streams.credentials import auth_of, token_of
from streams.mapping.options import MappingOptions
from streams.settings import ConnectionSettings, ErpSettings, SideSettings

CHECKS: Final = 8
"""A check is some ten calls: one that a passing fault hit is no reason to end, one that fails again and again is."""
BETWEEN_S: Final = 1.0
LEAST_SHARE: Final = 0.05
"""What is left to one user of an account when the other was given all of it: nothing at all would stop it for ever."""


def connector(connection: ConnectionSettings, side: Side, *, captures: bool) -> Sink:
    """Return a connector to one side's account, pacing itself to capture's share of it or to the sink's, the rest."""
    account = connection.keap if side == "keap" else connection.erp
    share = max(LEAST_SHARE, account.quota_share if captures else 1 - account.quota_share)
    return _keap(connection.keap, share) if side == "keap" else _erp(connection.erp, share)


def erp_adapter(account: ErpSettings) -> Adapter:
    """Return what speaks to an ERP; raises ConfigurationError when its profile or adapter is not right."""
    return adapter_of(adapter=account.adapter, profile=account.profile)


def mapping_options(connection: ConnectionSettings) -> MappingOptions:
    """Return what the mapping has to know of a connection."""
    return MappingOptions(
        default_country=connection.default_country,
        keap_zone=connection.keap.time_zone,
        erp_zone=connection.erp.time_zone,
        keap_stamp_field=connection.keap.stamp_field,
    )


async def require_accounts(sources: Iterable[Source]) -> None:
    """Check every account before anything starts.

    Raises:
        RetriableError: one sentence per fault, each naming its place.
    """
    found = await asyncio.gather(*(_faults(source) for source in sources))
    if faults := [sentence for sentences in found for sentence in sentences]:
        raise RetriableError("\n".join(faults))


async def _faults(source: Source) -> list[str]:
    for attempt in range(CHECKS):
        if not (faults := await source.check()):
            break
        if attempt + 1 < CHECKS:
            await asyncio.sleep(BETWEEN_S)
    return faults


def _keap(account: SideSettings, share: float) -> KeapConnector:
    return KeapConnector(
        account.url,
        auth_of(account),
        per_second=account.per_second,
        share=share,
        timeout_s=account.timeout_s,
        stamp_field=account.stamp_field,
    )


def _erp(account: ErpSettings, share: float) -> Sink:
    connect = erp_adapter(account).connect
    return connect(account.url, token_of(account), per_second=account.per_second, share=share, timeout_s=account.timeout_s)
