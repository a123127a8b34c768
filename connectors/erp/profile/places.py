"""Reach into JSON by a place: `meta.total`, the empty place being the whole."""

from __future__ import annotations

from typing import Any

from connectors.jsonbytes import Json


def at(body: Any, place: str | None) -> Any:
    """Return what is at a place, None where there is nothing."""
    for step in place.split(".") if place else ():
        body = body.get(step) if isinstance(body, dict) else None
    return None if place is None else body


def put(body: Json, place: str, value: Any) -> None:
    """Put a value at a place, making the objects on the way; the place is not empty."""
    *outer, last = place.split(".")
    for step in outer:
        body = body.setdefault(step, {})
    body[last] = value
