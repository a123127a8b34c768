"""What a key may spend: calls per second, minute and day, counted in fixed windows and told in `x-keap-*` headers.

Limits of a service account key by the vendor's "API Token Quota and Usage Measurements": 10/s, 240/min, 30,000/day
(reset at 00:00 UTC); the tenant 10,000/min. The second's limit has no headers, and nothing ever says Retry-After.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.http.clock import now_ms
from sandbox.http.switches import Switches

TENANT_ID = "sandbox"
TENANT_PER_MINUTE = 10_000
_SECOND, _MINUTE, _DAY = 1_000, 60_000, 86_400_000


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls allowed in each window."""

    per_second: int = 10
    per_minute: int = 240
    per_day: int = 30_000


@dataclass(slots=True)
class Quota:
    """The tenant's one key: its limits outlive the process (`switches`), its counters do not."""

    limits: Limits = field(default_factory=Limits)
    switches: Switches | None = None
    clock: Callable[[], int] = now_ms
    _used: dict[int, tuple[int, int]] = field(default_factory=dict)  # window length -> (which window, calls)

    def __post_init__(self) -> None:
        """Find the limits that were put before."""
        self.limits = self.switches.read("quota", Limits) if self.switches else self.limits

    def spend(self) -> bool:
        """Count one call; False when a window is full, and then nothing is counted."""
        windows = {_SECOND: self.limits.per_second, _MINUTE: self.limits.per_minute, _DAY: self.limits.per_day}
        if any(self._spent(length) >= most for length, most in windows.items()):
            return False
        for length in windows:
            self._used[length] = self.clock() // length, self._spent(length) + 1
        return True

    def headers(self) -> dict[str, str]:
        """What every answer tells."""
        day, minute = self._spent(_DAY), self._spent(_MINUTE)
        expiry = (self.clock() // _DAY + 1) * _DAY
        return {
            **_told("x-keap-product-quota", self.limits.per_day, day, "day"),
            "x-keap-product-quota-expiry-time": str(expiry),
            **_told("x-keap-product-throttle", self.limits.per_minute, minute, "minute"),
            "x-keap-tenant-id": TENANT_ID,
            **_told("x-keap-tenant-throttle", TENANT_PER_MINUTE, minute, "minute"),
        }

    def refusal(self) -> Response:
        """The 429, as users of the vendor's forum quote it."""
        body = {"code": "429", "message": "Quota Exceeded", "status": "Request Throttled", "details": None}
        return JSONResponse(body, status_code=429, headers=self.headers())

    async def endpoint(self, request: Request) -> Response:
        """`GET` shows the limits, `PUT` replaces them and empties the counters."""
        if request.method == "PUT":
            try:
                self.limits = msgspec.json.decode(await request.body() or b"{}", type=Limits)
            except msgspec.MsgspecError as error:
                return JSONResponse({"message": str(error)}, status_code=400)
            if self.switches:
                self.switches.write("quota", self.limits)
            self._used.clear()
        return JSONResponse(msgspec.to_builtins(self.limits))

    def _spent(self, length: int) -> int:
        window, calls = self._used.get(length, (0, 0))
        return calls if window == self.clock() // length else 0


def _told(prefix: str, limit: int, used: int, unit: str) -> dict[str, str]:
    return {
        f"{prefix}-limit": str(limit),
        f"{prefix}-time-unit": unit,
        f"{prefix}-interval": "1",
        f"{prefix}-available": str(max(0, limit - used)),
        f"{prefix}-used": str(used),
    }
