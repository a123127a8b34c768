"""Lists whose items are told apart by a slot (EMAIL1, BILLING, PHONE2): kept by slot, sent and shown as lists.

A written list replaces the whole one: "Any item not listed here will be removed if it already exists" (SPEC).
"""

from collections.abc import Mapping
from typing import Any

from sandbox.keap.checks import Check
from sandbox.keap.errors import Refused


def slots(items: Mapping[str, Check], key: str = "field") -> Check:
    """Take a list of objects; `items` checks the item of each slot, whose name stands under `key`.

    An item that names no slot (or ..._UNSPECIFIED) takes the first free one.
    """

    def check(value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        if not isinstance(value, list):
            raise Refused("must be a list")
        kept: dict[str, Any] = {}
        for item in value:
            if not isinstance(item, dict):
                raise Refused("must be a list of objects")
            slot = _slot(item.get(key), items, kept)
            try:
                kept[slot] = items[slot]({name: given for name, given in item.items() if name != key}) or {}
            except Refused as refused:
                raise Refused(f"{slot} {refused}") from refused
        return {slot: item for slot, item in kept.items() if item} or None

    return check


def _slot(named: object, items: Mapping[str, Check], taken: Mapping[str, object]) -> str:
    if named is None or (isinstance(named, str) and named.endswith("_UNSPECIFIED")):
        free = next((slot for slot in items if slot not in taken), None)
        if free is None:
            raise Refused(f"has more items than its {len(items)} slots")
        return free
    if not isinstance(named, str) or named not in items:
        raise Refused(f"has an item in {named!r}, which is none of {', '.join(items)}")
    if named in taken:
        raise Refused(f"has two items in {named}")
    return named


def listed(kept: Mapping[str, Any] | None, key: str = "field") -> list[dict[str, Any]]:
    """Show a kept list as it is sent: items in the order of their slots' names, each with its slot."""
    return [{**item, key: slot} for slot, item in sorted((kept or {}).items())]
