"""`create`: on which sides a record without a twin is created, and what it has to have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from schemas.errors import MappingError
from schemas.flows import SIDES, Side, Value
from streams.mapping.parse.document import Node
from streams.mapping.parse.named import Named
from streams.mapping.rows import Condition, Row

KEYS: Final = ("gate", "any", "all", "equals")
FILTER: Final = "filter"
"""The gate of a condition that names none: the user's own choice of records."""
CURRENCY: Final = "currency"
"""The gate of a record whose amounts are of another currency than the account's."""


def parse_create(node: Node, named: Named, currency: str | None = None) -> dict[Side, tuple[Condition, ...]]:
    """Return the sides that get records, each with its conditions: what it requires first, then the ones given.

    With a `currency`, the Keap account's, a record whose amounts are of another one waits at a gate of its own.
    """
    creates: dict[Side, tuple[Condition, ...]] = {}
    for key, conditions in node.entries(SIDES).items():
        side = cast("Side", key)
        given = [_condition(item, named) for item in conditions.items()]
        own = _own_currency(named.rows.values(), currency) if side == "keap" else ()
        creates[side] = (*_requirements(side, named.rows.values()), *own, *given)
    return creates


def _requirements(side: Side, rows: Iterable[Row]) -> Iterable[Condition]:
    """Yield a condition per required row that the side takes: `erp_requires_name`."""
    for row in rows:
        if row.required and row.writes(side):
            yield Condition(f"{side}_requires_{row.name.replace('.', '_')}", all=(row.name,))


def _own_currency(rows: Iterable[Row], currency: str | None) -> Iterable[Condition]:
    """Yield a condition per row that names a currency of amounts; a record without one counts as the account's."""
    for name in dict.fromkeys(row.currency for row in rows if row.currency and currency):
        yield Condition(CURRENCY, equals={name: (currency, None)})


def _condition(node: Node, named: Named) -> Condition:
    said = node.entries(KEYS)
    if not {"any", "all", "equals"} & said.keys():
        node.fault("a condition needs at least one of `any: [rows]`, `all: [rows]`, `equals: {row: [values]}`")
    return Condition(
        gate=(said["gate"].word() or FILTER) if "gate" in said else FILTER,
        any=named.several(said["any"], groups=True) if "any" in said else (),
        all=named.several(said["all"]) if "all" in said else (),
        equals=_equals(said["equals"], named) if "equals" in said else {},
    )


def _equals(node: Node, named: Named) -> dict[str, tuple[Value, ...]]:
    """Return the values each row may have, in canonical form; they are spelled as the ERP spells them."""
    equals: dict[str, tuple[Value, ...]] = {}
    for name, values in node.entries(named.names).items():
        if name not in named.rows:
            continue
        given = values.items() if isinstance(values.value, list) else [values]
        try:
            equals[name] = tuple(named.rows[name].kind.read("erp", one.constant()) for one in given)
        except MappingError as error:
            values.fault(f"the value does not fit the row's type: {error}")
    return equals
