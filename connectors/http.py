"""One API account over HTTP: every call of a connector goes through here.

The layers, outermost first:

1. count: the call is noted (`calls`).
2. pacing: it waits for its turn (`budget`).
3. auth: the token is put on it (`auth`).
4. transport: httpx sends it; no redirect is followed, nothing is retried.
5. headers: whatever was answered, the pace and the quota (`budget`) and what we know of the server's clock (`skew`) follow it.
6. faults: all but a 2xx (or a status the caller takes) is raised as ours, secrets masked (`faults`, `redact`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import msgspec

from connectors import faults
from connectors.auth import Auth
from connectors.base import Quota
from connectors.budget import Pacer
from connectors.budget.headers import heard_of
from connectors.budget.ledger import Ticket
from connectors.calls import note_call
from connectors.client import Client
from connectors.jsonbytes import Json, parse, render
from connectors.redact import redact
from connectors.skew import SkewMeter
from schemas.errors import SyncError

IDLE_S: Final = 3.0
"""Idle connections are given up before a server does it (5 s is a usual default): a POST sent into a closing one is ambiguous."""
_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE_S)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `body` is the JSON object ({} for none), `sent_at` when the request went out (ms).

    `next_url` is what the `Link` header names as `next` (RFC 8288).
    """

    status: int
    body: Json
    sent_at: int
    next_url: str | None = None


class Api:
    """The calls of one account; safe for concurrent use in one event loop.

    Attributes:
        calls: how many went out so far, of all tasks together; `connectors.calls.counted` counts one task's.
        quota: what the last answer said was left of the day.
        skew: how far the server's clock is ahead of ours.
    """

    def __init__(
        self,
        name: str,
        url: str,
        auth: Auth,
        pacer: Pacer,
        *,
        timeout_s: float = 30,
        clock: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
        secrets: Collection[str] = (),
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            secrets: what bodies carry that no message may tell, beside the credentials.
        """
        self.name, self.url, self.pacer = name, url, pacer
        self.calls = 0
        self.quota = Quota()
        self.skew = SkewMeter(f"{name} {url}")
        self._auth, self._clock, self._secrets = auth, clock, secrets
        headers = {"accept": "application/json"}
        self._client = Client(auth=auth, timeout=timeout_s, limits=_LIMITS, headers=headers, transport=transport)

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
        record: bool = False,
        taken: Collection[int] = (),
        array: bool = False,
    ) -> Answer:
        """Make one call, once.

        Args:
            body: never with GET or DELETE: Keap answers those with an HTML 400.
            record: the path names one record, whose absence is a GoneError.
            taken: statuses beside 2xx that the caller looks at itself.
            array: the answer may be a bare array.

        Raises:
            SyncError: by the tables of `connectors.faults`.
        """
        call = faults.Call(self.name, method, path, record)
        ticket = await self.pacer.turn()
        self.calls += 1
        note_call()
        sent_at = int(self._clock() * 1000)
        try:
            response = await self._send(call, ticket, params=params, **_content(body, headers or {}))
            return _answer(response, call, sent_at, taken, array=array)
        except SyncError as error:
            self._mask(error)
            raise
        except faults.FOREIGN as error:
            fault = faults.from_exception(error, call)
            self._mask(fault)
            raise fault from None  # the cause may quote the token

    def _mask(self, error: SyncError) -> None:
        error.args = tuple(redact(str(arg), *self._auth.secrets, *self._secrets) for arg in error.args)

    async def _send(self, call: faults.Call, ticket: Ticket, **request: Any) -> httpx.Response:
        response = await self._client.request(call.method, f"{self.url}/{call.path}", **request)
        heard = heard_of(response.status_code, response.headers, self._clock)
        await self.pacer.learn(ticket, heard)
        self.skew.observe(response.headers, int(self._clock() * 1000), response.elapsed.total_seconds())
        if heard.quota.available is not None:
            self.quota = heard.quota
        return response

    async def close(self) -> None:
        """Close the connections."""
        await self._auth.close()
        await self._client.aclose()
        self.pacer.close()


def _answer(response: httpx.Response, call: faults.Call, sent_at: int, taken: Collection[int], *, array: bool) -> Answer:
    if not response.is_success and response.status_code not in taken:
        raise faults.from_response(response, call)
    next_url = response.links.get("next", {}).get("url")
    return Answer(response.status_code, _object(response, array=array), sent_at, next_url)


def _content(body: Json | None, headers: Mapping[str, str]) -> dict[str, Any]:
    if body is None:
        return {"headers": headers}
    return {"content": render(body), "headers": {"content-type": "application/json", **headers}}


def _object(response: httpx.Response, *, array: bool) -> Json:
    """Return the body; an error's may be anything, a success's has to be an object or nothing; an array that is taken becomes `items`."""
    try:
        body = parse(response.content) if response.content else {}
    except msgspec.DecodeError:
        if response.is_success:
            raise
        return {}
    if array and isinstance(body, list):
        return {"items": body}
    if response.is_success and not isinstance(body, dict):
        raise msgspec.DecodeError(f"an object was expected, not {type(body).__name__}")
    return body if isinstance(body, dict) else {}
