"""The server's own words, out of any error body.

Seen in the wild: Keap v2 (`message`, `details`), Keap v1 (`message`), the gateway's `fault`, OAuth's `error_description`,
RFC 9457 problems with `errors`, HTML pages, and nothing at all. Never raises.
"""

from __future__ import annotations

import re
from typing import Any, Final

import httpx
import msgspec

MOST: Final = 500
"""Characters kept: enough for a person, small enough for a dead letter."""


def words_of(response: httpx.Response) -> str:
    """Return one sentence that says what the server said."""
    try:
        said = _from_json(msgspec.json.decode(response.content))
    except (msgspec.DecodeError, UnicodeDecodeError):
        said = _from_text(response.text)
    return " ".join(said.split())[:MOST] or response.reason_phrase or "no reason given"


def _from_json(body: Any) -> str:
    if not isinstance(body, dict):
        return "" if body is None else str(body)
    if isinstance(fault := body.get("fault"), dict):
        return str(fault.get("faultstring") or fault)
    if isinstance(body.get("errors"), list):
        return _from_problem(body)
    message = body.get("message") or body.get("error_description") or body.get("detail") or body.get("error")
    places = ", ".join(_places(body.get("details")))
    return f"{message} ({places})" if message and places else str(message or body)


def _from_problem(body: dict[str, Any]) -> str:
    faults = [
        ": ".join(str(part) for part in (fault.get("field"), fault.get("message") or fault.get("code")) if part)
        for fault in body["errors"]
        if isinstance(fault, dict)
    ]
    return "; ".join(filter(None, [str(body.get("detail") or body.get("title") or ""), *faults]))


def _places(details: Any) -> list[str]:
    if not isinstance(details, list):
        return []
    return [str(one["resource"]) for one in details if isinstance(one, dict) and one.get("resource")]


def _from_text(text: str) -> str:
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return title[1] if title else re.sub(r"<[^>]+>", " ", text)
