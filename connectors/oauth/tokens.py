"""A pair of tokens and how old it is.

Keap's live 24 hours (access) and 45 days (refresh): vendor staff in several threads of integration.keap.com. Times in ms since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

AHEAD: Final = 8
"""The last 1/8 of an access token's life is for its renewal: of Keap's 24 hours three, in which nobody waits and nothing fails."""
REFRESH_DAYS: Final = 45
"""Days after which Keap forgets an unused refresh token."""
IDLE_DAYS: Final = 30
"""Days after which a pair that nobody renewed is worth an alarm: two weeks are left to start the workers, or to log in again."""
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """One pair, as it is stored. The repr shows neither token."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    obtained_at: int
    """Before the request went out that brought it."""
    expires_at: int
    """Of the access token."""
    spending_since: int | None = None
    """When the refresh token was first sent off with no answer stored since; None while it is unspent for certain."""

    def is_due(self, now: int) -> bool:
        """Tell whether it is time to renew."""
        return now >= self.expires_at - (self.expires_at - self.obtained_at) // AHEAD

    def is_expired(self, now: int) -> bool:
        """Tell whether the access token is of no use any more."""
        return now >= self.expires_at

    def idle_days(self, now: int) -> int:
        """Return for how many whole days nobody has renewed."""
        return max(0, now - self.obtained_at) // _DAY_MS

    def idle_alarm(self, now: int) -> str | None:
        """Return a sentence when the refresh token has been idle for too long."""
        days = self.idle_days(now)
        if days < IDLE_DAYS:
            return None
        return f"the refresh token has not been used for {days} days; Keap forgets it after {REFRESH_DAYS}"
