"""Whose hooks are heard, where, and who announces them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.auth import TokenAuth
from connectors.budget import Pacer
from connectors.budget.books import SharedBooks
from connectors.erp.webhooks import ErpWebhooks
from connectors.hooks import Announcer
from connectors.http import Api
from connectors.keap.hooks import KeapHooks
from schemas.errors import ConfigurationError
from schemas.flows import FLOWS, SIDES, Flow, Side
from streams.accounts import account_of, books_of, policy_of
from streams.credentials import auth_of, token_of
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """One account whose changes are announced to us.

    Attributes:
        base: the receiver's address, which all subscriptions of ours begin with.
        url: where this account's hooks arrive; it contains a secret.
    """

    connection: str
    side: Side
    base: str
    url: str
    flows: tuple[Flow, ...]


def places(settings: Settings) -> list[Place]:
    """Return the accounts whose `hooks` are on; raises ConfigurationError when nothing says where hooks arrive."""
    heard = [(name, side) for name, connection in settings.connections.items() for side in SIDES if account_of(connection, side).hooks]
    faults = list(_faults(settings)) if heard else ["hooks: no account has them on (connections.NAME.keap.hooks)"]
    if faults:
        raise ConfigurationError(*faults)
    base, path = (settings.hooks.url or "").rstrip("/"), settings.hooks.path
    return [
        Place(name, side, base, f"{base}/{path}/{name}/{side}", tuple(flow for flow in FLOWS if settings.connections[name].enabled(flow)))
        for name, side in heard
    ]


def announcer(settings: Settings, place: Place) -> Announcer:
    """Return who manages an account's subscriptions; its calls are on the account's budget."""
    account = account_of(settings.connections[place.connection], place.side)
    pacer = Pacer(policy_of(account), SharedBooks(books_of(settings, place.connection, place.side)))
    base, secrets = account.url.rstrip("/"), [settings.hooks.path]  # a server that refuses an address quotes it
    if place.side == "keap":
        return KeapHooks(Api("keap", f"{base}/rest/v1", auth_of(account), pacer, timeout_s=account.timeout_s, secrets=secrets))
    return ErpWebhooks(Api("erp", f"{base}/api/v1", TokenAuth(token_of(account)), pacer, timeout_s=account.timeout_s, secrets=secrets))


def _faults(settings: Settings) -> Iterator[str]:
    for name in ("url", "secret"):
        if getattr(settings.hooks, name) is None:
            yield f"hooks.{name}: is missing (or set KEAPSYNC_HOOKS__{name.upper()})"
    for name, connection in settings.connections.items():
        if connection.erp.hooks and (connection.erp.profile or connection.erp.adapter):
            yield f"connections.{name}.erp.hooks: webhooks are the contract's; a profile or an adapter has none"
