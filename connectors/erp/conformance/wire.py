"""The calls of the kit, each kept with its answer, so that a failed clause can show what was said."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from connectors.jsonbytes import Json, parse, render
from connectors.redact import redact

MERGE_PATCH: Final = {"content-type": "application/merge-patch+json"}
PATIENT: Final = 20
"""Times a call is sent while the ERP answers 429."""
SHOWN: Final = 2_000
"""Characters of a body that are shown."""


class Broken(Exception):  # noqa: N818 - the clause is broken; the kit is not
    """A clause does not hold; the message says what was expected."""


class NotAsked(Exception):  # noqa: N818 - a word about the kit, not an error
    """A clause cannot be asked from here; the message says why."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as text, the token masked."""

    request: str
    answer: str


@dataclass(slots=True)
class Wire:
    """An ERP's API, and what was said over it since `forget`."""

    client: httpx.Client
    token: str
    exchanges: list[Exchange] = field(default_factory=list)
    sleep: Callable[[float], None] = time.sleep

    def call(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Make a call and keep it; `Broken` when there is no answer at all."""
        said = {"content-type": "application/json", **(headers or {})} if body is not None else dict(headers or {})
        content = None if body is None else body if isinstance(body, bytes) else render(body)
        request = self.client.build_request(method, path.lstrip("/"), params=params, content=content, headers=said)
        try:
            answer = self._send(request)
        except httpx.HTTPError as error:
            self.exchanges.append(Exchange(_request(request, self.token), f"no answer: {error}"))
            raise Broken(f"no answer: {error}") from error
        self.exchanges.append(Exchange(_request(request, self.token), _answer(answer)))
        return answer

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Send, and again as often as the ERP asks for patience."""
        for _ in range(PATIENT):
            answer = self.client.send(request)
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            self.sleep(float(answer.headers.get("retry-after") or 1))
        return answer

    def get(self, path: str, **params: str) -> httpx.Response:
        """Read."""
        return self.call("GET", path, params=params)

    def forget(self) -> None:
        """Begin a new clause."""
        self.exchanges.clear()


def expect(holds: object, expected: str) -> None:
    """Raise `Broken` with what was expected unless it holds."""
    if not holds:
        raise Broken(f"expected {expected}")


def status(answer: httpx.Response, *statuses: int) -> Json:
    """Expect one of the statuses; returns the body, an object ({} for none)."""
    wanted = " or ".join(str(one) for one in statuses)
    expect(answer.status_code in statuses, f"status {wanted}, not {answer.status_code}")
    try:
        body = parse(answer.content) if answer.content else {}
    except ValueError as error:
        raise Broken("expected a body of JSON") from error
    expect(isinstance(body, dict), "a JSON object")
    return dict(body)


def problem(answer: httpx.Response, *statuses: int) -> Json:
    """Expect an RFC 9457 problem with `errors`."""
    body = status(answer, *statuses)
    expect(answer.headers.get("content-type", "").startswith("application/problem+json"), "the media type application/problem+json")
    expect(body.get("status") == answer.status_code, "`status` to repeat the status")
    expect(isinstance(body.get("errors"), list), "a list `errors`")
    return body


def _request(request: httpx.Request, token: str) -> str:
    shown = [f"{name}: {value}" for name, value in request.headers.items() if name in ("content-type", "if-match", "idempotency-key")]
    return redact("\n".join([f"{request.method} {request.url}", *shown, *_body(request.content)]), token)


def _answer(answer: httpx.Response) -> str:
    shown = [
        f"{name}: {answer.headers[name]}"
        for name in ("content-type", "etag", "retry-after", "idempotency-replayed")
        if name in answer.headers
    ]
    return "\n".join([f"{answer.status_code} {answer.reason_phrase}", *shown, *_body(answer.content)])


def _body(content: bytes) -> list[str]:
    return [content[:SHOWN].decode(errors="replace")] if content else []
