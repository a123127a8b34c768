"""JSON Merge Patch (RFC 7396), and the one form in which bodies are stored."""

from typing import Any

from sandbox.erp.formats import normalise_instant
from sandbox.erp.schemas import Schema

Body = dict[str, Any]


def merge(target: Any, patch: Any) -> Any:
    """Apply a merge patch; the target stays as it is."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def settle(properties: dict[str, Schema], document: Body) -> Body:
    """Bring a checked document into the stored form.

    Nulls are left out, defaults put in, instants written in UTC; an address has all its lines, or is left out when all
    of them are null.
    """
    body: Body = {}
    for name, schema in properties.items():
        value = document.get(name, schema.get("default"))
        if isinstance(value, dict):
            value = {line: value.get(line) for line in schema["properties"]} if any(value.values()) else None
        elif isinstance(value, str) and schema.get("format") == "date-time":
            value = normalise_instant(value)
        elif isinstance(value, float):
            value = int(value)  # The contract has whole numbers only, and 1.0 is one.
        if value is not None:
            body[name] = value
    return body
