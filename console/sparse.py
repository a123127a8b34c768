"""A library that repeats itself is heard once in a while: a broker that is away must not bury what our own stages say."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 30.0
"""The same complaint of the same logger goes through once in so many seconds."""
REPEATING: Final = ("aiokafka", "kafka", "faust", "mode", "librdkafka")
"""Clients that retry in a loop and complain at each turn."""


class Sparse(logging.Filter):
    """Lets a complaint of a repeating library through, and then holds back its like."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record goes through; its message without the arguments is what makes it the same."""
        if record.name.split(".", 1)[0] not in REPEATING:
            return True
        now, like = self._clock(), (record.name, str(record.msg)[:40])
        if now - self._last.get(like, -EVERY_S) < EVERY_S:
            return False
        self._last[like] = now
        return True
