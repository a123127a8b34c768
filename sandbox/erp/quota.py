"""The quota: a bucket of one minute's requests that fills steadily."""

import math
import time
from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from sandbox.erp.switches import Switch


class Quota(Struct, frozen=True, forbid_unknown_fields=True):
    """Requests a minute; after a pause of a minute as many may come at once."""

    per_minute: Annotated[int, Meta(ge=1)] = 3000


class Bucket:
    """What is left of the quota; full at start and when the quota is put anew."""

    def __init__(self, quota: Switch[Quota], clock: Callable[[], float] = time.monotonic) -> None:
        self._switch, self._clock = quota, clock
        self._quota = quota.value
        self._left, self._at = float(self._quota.per_minute), clock()

    def take(self) -> int:
        """Take one request; returns the whole seconds to wait, 0 when it was there."""
        quota, at = self._switch.value, self._clock()
        if quota is not self._quota:
            self._quota, self._left = quota, float(quota.per_minute)
        self._left = min(quota.per_minute, self._left + (at - self._at) * quota.per_minute / 60)
        self._at = at
        if self._left < 1:
            return math.ceil((1 - self._left) * 60 / quota.per_minute)
        self._left -= 1
        return 0
