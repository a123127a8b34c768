"""What went wrong on the wire, as an error of ours: one table of exceptions, one of statuses.

Whether nothing happened, something may have happened, or the server refused decides the class; the caller acts on that alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import httpx
import msgspec

from connectors.budget.headers import wait_of
from connectors.words import words_of
from schemas.errors import (
    AmbiguousError,
    ConflictError,
    FatalError,
    GoneError,
    RateLimitedError,
    RejectedError,
    RetriableError,
    SyncError,
)  # fmt: skip

Fate = Literal["not sent", "reply lost", "our fault"]

EXCEPTIONS: Final[dict[type[Exception], Fate]] = {
    httpx.ConnectError: "not sent",
    httpx.ConnectTimeout: "not sent",
    httpx.PoolTimeout: "not sent",
    httpx.ProxyError: "not sent",
    httpx.HTTPError: "reply lost",  # timeouts, broken connections, bytes that are no HTTP: whatever is not named here
    msgspec.DecodeError: "reply lost",  # a 2xx whose body is not JSON
    httpx.UnsupportedProtocol: "our fault",  # the address has no http(s)
    httpx.LocalProtocolError: "our fault",  # such as a line end in the token
    httpx.InvalidURL: "our fault",
    httpx.CookieConflict: "our fault",
    httpx.StreamError: "our fault",
}
FOREIGN: Final = tuple(EXCEPTIONS)

Answer = Literal["refused", "credentials", "gone", "conflict", "throttled", "later", "broken"]

STATUSES: Final[dict[int, Answer]] = {
    401: "credentials",
    403: "credentials",
    404: "gone",
    408: "later",
    409: "conflict",
    410: "gone",
    412: "conflict",
    425: "later",
    429: "throttled",
    501: "refused",
}
_BY_CLASS: Final[dict[int, Answer]] = {3: "later", 4: "refused", 5: "broken"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as messages name it.

    Attributes:
        record: the path names one record, so that a 404 says that it is gone; elsewhere it says that the address is wrong.
    """

    api: str
    method: str
    path: str
    record: bool = False

    @property
    def writes(self) -> bool:
        """Whether the call can change something."""
        return self.method not in {"GET", "HEAD"}

    def __str__(self) -> str:
        return f"{self.api} {self.method} {self.path}"


def fate_of(error: type[Exception]) -> Fate:
    """Return the table's word for an exception class, the most specific entry winning; KeyError when there is none."""
    return next(EXCEPTIONS[cls] for cls in error.__mro__ if cls in EXCEPTIONS)


def from_exception(error: Exception, call: Call) -> SyncError:
    """Translate an exception of the transport."""
    message = f"{call}: {type(error).__name__}: {error}"
    match fate_of(type(error)):
        case "not sent":
            return RetriableError(message)
        case "our fault":
            return FatalError(message)
        case "reply lost":
            return AmbiguousError(message) if call.writes else RetriableError(message)


def from_response(response: httpx.Response, call: Call) -> SyncError:
    """Translate an answer that is no success, with the server's words."""
    status = response.status_code
    message = f"{call}: {status} {words_of(response)}"
    match STATUSES.get(status) or _BY_CLASS.get(status // 100, "later"):
        case "credentials":
            return FatalError(f"credentials refused: {message}")
        case "gone":
            return _not_there(message, call, status)
        case "conflict":
            return ConflictError(message)
        case "throttled":
            return RateLimitedError(message, wait_of(response.headers))
        case "later" | "broken" as answer:
            cls = AmbiguousError if answer == "broken" and call.writes else RetriableError
            return cls(message, wait_of(response.headers))
        case "refused":
            return RejectedError(message, status)


def _not_there(message: str, call: Call, status: int) -> SyncError:
    if call.record:
        return GoneError(message)
    return RejectedError(message, status) if call.writes else FatalError(f"is the address right? {message}")
