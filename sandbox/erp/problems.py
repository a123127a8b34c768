"""Errors as RFC 9457 problems, one entry in `errors` per fault."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response


class Fault(NamedTuple):
    """What is wrong with one field; codes are listed at the contract's `Fault`."""

    field: str
    code: str
    message: str


class Problem(Exception):  # noqa: N818 -- the name RFC 9457 gives it
    """An answer that is not a success; raised anywhere below a call, rendered by the server.

    Args:
        status: HTTP status, 400 to 599.
        detail: What went wrong this time.
        faults: One per field to blame.
        headers: Headers of the answer.
        members: Members of the problem beside those RFC 9457 names, such as `existing_id`.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *faults: Fault,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.headers = status, dict(headers or {})
        self.body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "errors": [fault._asdict() for fault in faults],
            **members,
        }

    def response(self) -> Response:
        """Render it."""
        body = msgspec.json.encode(self.body)
        return Response(body, self.status, self.headers, media_type="application/problem+json")


async def answer_problem(_request: Request, error: Exception) -> Response:
    """Answer a `Problem`, or what the router raises (404, 405) as one."""
    if isinstance(error, HTTPException):
        error = Problem(error.status_code, error.detail, headers=error.headers)
    if not isinstance(error, Problem):
        raise error
    return error.response()
