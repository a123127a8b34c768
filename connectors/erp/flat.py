"""Records flat and nested: `{"billing_address": {"city": "Oslo"}}` and `billing_address.city`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.erp.properties import PROPERTIES, WRITABLE
from connectors.jsonbytes import Json, plain
from connectors.times import to_ms, to_text
from schemas.errors import RejectedError
from schemas.flows import Fields, Flow, Value

_INSTANTS = frozenset({"follow_up_at"})


def flatten(flow: Flow, raw: Json) -> Fields:
    """Return every property of the flow, None where unset; what the contract does not name is left out."""
    return {name: _value(name, _at(raw, name)) for name in PROPERTIES[flow]}


def nest(flow: Flow, fields: Fields) -> Json:
    """Return the body that writes `fields`; None stays as null, which a merge patch clears.

    Raises:
        RejectedError: a property is unknown or read-only.
    """
    if unknown := fields.keys() - WRITABLE[flow]:
        raise RejectedError(f"the ERP's {flow} has no writable property {', '.join(sorted(unknown))}")
    body: Json = {}
    for name, value in fields.items():
        outer, _, inner = name.partition(".")
        if inner:
            body.setdefault(outer, {})[inner] = value
        else:
            body[outer] = value
    return body


def _at(raw: Json, name: str) -> Any:
    outer, _, inner = name.partition(".")
    value = raw.get(outer)
    if not inner:
        return value
    return value.get(inner) if isinstance(value, Mapping) else None


def _value(name: str, value: Any) -> Value:
    if value == "" or value is None:
        return None
    if isinstance(value, Decimal):  # the contract says strings; an ERP that sends numbers is read all the same
        return plain(value)
    if name in _INSTANTS:
        return _instant(str(value))
    return value if isinstance(value, bool | int | str) else str(value)


def _instant(value: str) -> str:
    try:
        return to_text(to_ms(value))
    except ValueError:
        return value
