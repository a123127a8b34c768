"""How far an account's clock is ahead of ours, from the `Date` headers of its answers (RFC 9110 section 6.6.1: whole seconds).

The median of the last answers: one that was held up on its way, or in a cache, does not count. The server's own times stay as they are,
for they are compared with each other; who compares them with ours, or with the other side's, takes the skew off first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from statistics import median
from typing import Final

import structlog

LAST: Final = 15
"""Answers looked at: enough for a median, few enough to follow a clock that is put right."""
SLOW_S: Final = 5.0
"""An answer that took longer says too little about when it was dated."""
NOISE_MS: Final = 1_000
"""What a header of whole seconds cannot tell from nothing."""
LIMIT_MS: Final = 30_000
"""A server whose clock is kept (NTP) is off by less than a second; this one is not kept. It is corrected all the same."""

log = structlog.get_logger(__name__)


class SkewMeter:
    """Measures one account's clock.

    Args:
        name: the account, as logs call it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._samples: deque[int] = deque(maxlen=LAST)
        self._alarmed = False

    def observe(self, headers: Mapping[str, str], received_at: int, took_s: float) -> None:
        """Take in an answer: when it was complete by our clock (ms), and how long after its request (s)."""
        dated = _date_of(headers)
        if dated is None or took_s > SLOW_S:
            return
        self._samples.append(dated + NOISE_MS // 2 - (received_at - round(took_s * 500)))
        if (alarmed := is_alarming(self.ms())) != self._alarmed:
            self._alarmed = alarmed
            (log.warning if alarmed else log.info)("clock.skewed" if alarmed else "clock.recovered", api=self._name, skew_ms=self.ms())

    def ms(self) -> int:
        """Return how far the server's clock is ahead (negative: behind); 0 while nothing says otherwise."""
        skew = round(median(self._samples)) if self._samples else 0
        return skew if abs(skew) > NOISE_MS else 0


def is_alarming(skew_ms: int) -> bool:
    """Tell whether a clock is so far off that somebody should set it."""
    return abs(skew_ms) > LIMIT_MS


def _date_of(headers: Mapping[str, str]) -> int | None:
    if headers.get("age", "0") != "0":
        return None  # out of a cache
    try:
        return int(parsedate_to_datetime(headers.get("date", "")).timestamp()) * 1000
    except (ValueError, OverflowError):
        return None
