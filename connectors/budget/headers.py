"""What an answer says of the account's budget.

Header names are Keap's ("API Token Quota and Usage Measurements"): a throttle per short window and a quota per day, each of the
product (the key) and of the tenant. What is relative to the server's clock is read by its `Date`. Where a window's end is not said, all
of the window is waited for: never too short, at the price of sometimes too long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from connectors.base import Quota

DAY_S: Final = 86_400.0
SPARE: Final = 0.1
"""Part of a throttle's window that is left unused. Where less is left others use the account too: the rest is spread over a window."""
THROTTLED: Final = 429
_WINDOWS: Final = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": DAY_S}
_SCOPES: Final = ("x-keap-product", "x-keap-tenant")
_QUOTA: Final = "x-keap-product-quota"


@dataclass(frozen=True, slots=True)
class Heard:
    """What one answer said. Seconds count from when it arrived.

    Attributes:
        refused: the call was one too many.
        wait_s: how long no call may begin; None where nothing is said.
        allowed: calls a second, by the throttles.
        quota: the day's.
        day_s: until the day's quota begins anew.
    """

    refused: bool
    wait_s: float | None
    allowed: float | None
    quota: Quota
    day_s: float


def heard_of(status: int, headers: Mapping[str, str], now: Callable[[], float] = time.time) -> Heard:
    """Read an answer; a success's `Retry-After` is about something else."""
    here = _server_now(headers, now)
    wait_s = _throttled_s(headers) if status < 300 else wait_of(headers, now)  # noqa: PLR2004 - 2xx
    return Heard(status == THROTTLED, wait_s, allowed_of(headers), quota_of(headers), _day_s(headers, here))


def quota_of(headers: Mapping[str, str]) -> Quota:
    """Return what is left of the day."""
    return Quota(_integer(headers, f"{_QUOTA}-available"), _integer(headers, f"{_QUOTA}-limit"))


def allowed_of(headers: Mapping[str, str]) -> float | None:
    """Return the calls a second that the throttles allow, None where nothing is said."""
    return min((_rate(*throttle) for throttle in _throttles(headers)), default=None)


def wait_of(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Return the seconds a refused call has to wait, None where nothing is said.

    `Retry-After` where it is sent (Keap does not promise it), else the end of a used-up day, else the throttle's window.
    """
    here = _server_now(headers, now)
    retry = headers.get("retry-after", "").strip()
    if retry and (said := _until(retry, here)) is not None:
        return said
    return _day_s(headers, here) if quota_of(headers).available == 0 else _throttled_s(headers)


def _rate(limit: int, available: int | None, window_s: float) -> float:
    if available is None or available >= limit * SPARE:
        return limit * (1 - SPARE) / window_s
    return max(available, 1) / window_s


def _throttled_s(headers: Mapping[str, str]) -> float | None:
    return max((window_s for _, available, window_s in _throttles(headers) if available == 0), default=None)


def _throttles(headers: Mapping[str, str]) -> list[tuple[int, int | None, float]]:
    """Return (limit, available, window in seconds) of each throttle that is told in full."""
    found = []
    for scope in _SCOPES:
        limit, window_s = _integer(headers, f"{scope}-throttle-limit"), _window(headers, scope)
        if limit and window_s:
            found.append((limit, _integer(headers, f"{scope}-throttle-available"), window_s))
    return found


def _window(headers: Mapping[str, str], scope: str) -> float | None:
    unit = _WINDOWS.get(headers.get(f"{scope}-throttle-time-unit", "").strip().lower().rstrip("s"))
    return unit and unit * (_integer(headers, f"{scope}-throttle-interval") or 1)


def _day_s(headers: Mapping[str, str], here: float) -> float:
    """Return the seconds until the day's quota begins anew: at 00:00 UTC where it is not said."""
    ends_ms = _integer(headers, f"{_QUOTA}-expiry-time")
    return max(0.0, ends_ms / 1000 - here) if ends_ms else DAY_S - here % DAY_S


def _server_now(headers: Mapping[str, str], now: Callable[[], float]) -> float:
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        return now()


def _integer(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if text.lstrip("-").isdecimal() else None


def _until(retry_after: str, here: float) -> float | None:
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - here)
    except (ValueError, OverflowError):
        return None
