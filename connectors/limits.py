"""Pace calls to what the account allows, and read what the server says is left.

Header names are Keap's ("API Token Quota and Usage Measurements"): a throttle per short window and a quota per day, each of the
product and of the tenant. Nothing is slept off that the caller should know of: a long wait is raised, not slept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.base import Quota
from schemas.errors import RateLimitedError

BURST_S: Final = 0.5
"""Seconds' worth of calls that may go at once after a pause. Keap's spike policy counts per second: keep it below 1."""
ASLEEP_S: Final = 30.0
"""Longest hold that is slept off; a longer one is raised, so that the caller can stop politely. A queue is not a hold."""
ASK_AGAIN_S: Final = 5.0
"""Longest wait for a throttle window whose end the server does not say."""
_WINDOWS: Final = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
_SCOPES: Final = ("x-keap-product", "x-keap-tenant")


def quota_of(headers: Mapping[str, str]) -> Quota:
    """Return what is left of the day, as the headers say."""
    prefix = "x-keap-product-quota"
    return Quota(_integer(headers, f"{prefix}-available"), _integer(headers, f"{prefix}-limit"))


def allowed_of(headers: Mapping[str, str]) -> float | None:
    """Return the calls a second that the throttles allow, None where nothing is said."""
    rates = [
        limit / window
        for scope in _SCOPES
        if (limit := _integer(headers, f"{scope}-throttle-limit")) and (window := _window(headers, scope))
    ]
    return min(rates, default=None)


def wait_of(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Return the seconds a refused call has to wait, None where nothing is said.

    `Retry-After` where it is sent (Keap does not promise it), else the end of a used-up day, else half of the throttle's window:
    its end is not said.
    """
    retry = headers.get("retry-after", "").strip()
    if retry:
        return _until(retry, now())
    if (day := quota_end_of(headers, now)) is not None:
        return day
    windows = [w for scope in _SCOPES if _integer(headers, f"{scope}-throttle-available") == 0 and (w := _window(headers, scope))]
    return min(max(windows) / 2, ASK_AGAIN_S) if windows else None


def quota_end_of(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Return the seconds until a used-up day quota begins anew (00:00 UTC where it is not said), None while something is left."""
    if quota_of(headers).available != 0:
        return None
    ends_ms = _integer(headers, "x-keap-product-quota-expiry-time")
    return max(0.0, ends_ms / 1000 - now()) if ends_ms else 86400 - now() % 86400


class Pacer:
    """A token bucket that the server's headers correct; every call takes its turn.

    Attributes:
        rate: calls a second, now.

    Args:
        per_second: what the account is configured to allow; headers lower it, never raise it.
        share: this user's part of the account's rate.
    """

    def __init__(
        self,
        per_second: float,
        share: float = 1.0,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.rate = per_second * share
        self._per_second, self._share = per_second, share
        self._monotonic, self._sleep = monotonic, sleep
        self._next = self._held_until = float("-inf")

    async def turn(self) -> None:
        """Wait for the next call's turn, first come first served; may be cancelled.

        Raises:
            RateLimitedError: the account is used up for longer than it makes sense to sleep; `wait_s` says for how long.
        """
        self._refuse_long_hold()
        begin = max(self._next, self._monotonic() - BURST_S)
        self._next = begin + 1 / self.rate
        while (wait := max(begin, self._held_until) - self._monotonic()) > 0:
            await self._sleep(min(wait, ASLEEP_S))
            self._refuse_long_hold()

    def _refuse_long_hold(self) -> None:
        if (held := self._held_until - self._monotonic()) > ASLEEP_S:
            raise RateLimitedError("the account's quota is used up", held)

    def hold(self, seconds: float) -> None:
        """Let no call begin for so long: the server asked for it."""
        self._held_until = max(self._held_until, self._monotonic() + seconds)

    def cap(self, per_second: float) -> None:
        """Take the server's word for the account's rate where it is lower than the configured one."""
        self.rate = min(self._per_second, per_second) * self._share

    def observe(self, headers: Mapping[str, str]) -> None:
        """Correct the pace by what an answer's headers say."""
        if (allowed := allowed_of(headers)) is not None:
            self.cap(allowed)
        if (end := quota_end_of(headers)) is not None:
            self.hold(end)


def _window(headers: Mapping[str, str], scope: str) -> float | None:
    unit = _WINDOWS.get(headers.get(f"{scope}-throttle-time-unit", "").strip().lower().rstrip("s"))
    return unit and unit * (_integer(headers, f"{scope}-throttle-interval") or 1)


def _integer(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if text.lstrip("-").isdecimal() else None


def _until(retry_after: str, now: float) -> float | None:
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - now)
    except ValueError:
        return None
