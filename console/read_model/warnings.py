"""What works but will not for long, or not as well as it could: clocks that are off, tokens that nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.skew import is_alarming
from schemas.errors import SyncError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.records import Cursor
    from streams.settings import Settings


def clock_warning(account: str, skew_ms: int) -> str | None:
    """Return a sentence about a clock that somebody should set, None for a good one."""
    if not is_alarming(skew_ms):
        return None
    return f"{account}: its clock is {abs(skew_ms) / 1000:.0f} s {'ahead of' if skew_ms > 0 else 'behind'} ours; set one of them (NTP)"


def clock_warnings(heads: Iterable[Cursor]) -> list[str]:
    """Return a sentence per account whose clock was off when it was polled last."""
    newest: dict[str, Cursor] = {}
    for head in sorted(heads, key=lambda head: head.polled_at or 0):
        newest[f"{head.connection}: {head.side}"] = head
    found = (clock_warning(account, head.skew_ms) for account, head in newest.items())
    return [sentence for sentence in found if sentence]


def token_warnings(settings: Settings, now: int) -> list[str]:
    """Return a sentence per Keap account whose tokens need somebody; tokens on another host are that host's to tell of."""
    found = []
    for name, connection in settings.connections.items():
        if connection.keap.oauth is None:
            continue
        try:
            tokens = connection.keap.oauth.store().read()
        except SyncError as error:
            found.append(f"{name}: keap: {error}")
            continue
        if tokens is not None and (alarm := tokens.idle_alarm(now)):
            found.append(f"{name}: keap: {alarm}")
    return found
