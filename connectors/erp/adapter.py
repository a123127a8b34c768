"""What speaks to an ERP: the connector of the contract, the same with a profile, or a class that some package brings.

A package brings one by an entry point of the group `keapsync.erp`, which names an `Adapter`; docs/erp.md has an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final, Protocol

from connectors.base import Sink
from connectors.budget import Pacer
from connectors.erp.profile import CONTRACT, Profile, load_profile
from connectors.erp.profile.names import properties
from connectors.erp.properties import PROPERTIES
from connectors.erp.sink import ErpConnector
from schemas.errors import ConfigurationError
from schemas.flows import Flow

GROUP: Final = "keapsync.erp"


class Connect(Protocol):
    """Makes a connector; nothing is called before its `check`."""

    def __call__(self, url: str, token: str, *, pacer: Pacer, timeout_s: float) -> Sink:
        """Return a connector to the account at `url`.

        Args:
            url: as in the settings, of any scheme.
            token: as in the settings.
            pacer: each call waits for its `turn`, and what the answer says of the budget is told to `learn`.
            timeout_s: of one call; what was sent earlier has landed after it.
        """


@dataclass(frozen=True, slots=True)
class Adapter:
    """A way to speak to an ERP."""

    connect: Connect
    properties: Mapping[Flow, frozenset[str]] = field(default_factory=lambda: PROPERTIES)
    """Its native properties by flow, which the mapping may name."""
    rounded_ms: int = 0
    """How far a time it shows may lie from the true one (`connectors.base.Traits`)."""


def adapter_of(*, adapter: str | None = None, profile: Path | None = None) -> Adapter:
    """Return what the settings name: an adapter, a profile, or neither: the contract.

    Raises:
        ConfigurationError: there is no such adapter, several packages bring it, or the profile is wrong.
    """
    if adapter is not None:
        return _brought(adapter)
    return over_http(CONTRACT if profile is None else load_profile(profile))


def over_http(profile: Profile) -> Adapter:
    """Return the adapter of an ERP that serves JSON over HTTP."""
    return Adapter(partial(ErpConnector, profile=profile), properties(profile), profile.values.rounded_ms)


def _brought(name: str) -> Adapter:
    found = list(entry_points(group=GROUP, name=name))
    if len(found) != 1:
        known = ", ".join(sorted(entry_points(group=GROUP).names)) or "none is installed"
        raise ConfigurationError(f"erp.adapter: {len(found) or 'no'} packages bring {name!r} in the group {GROUP} ({known})")
    try:
        adapter = found[0].load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"erp.adapter: {name!r} is {found[0].value}, which cannot be loaded: {error}") from error
    if not isinstance(adapter, Adapter):
        raise ConfigurationError(f"erp.adapter: {name!r} is {found[0].value}, which is no connectors.erp.Adapter")
    return adapter
