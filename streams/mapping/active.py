"""What of a mapping counts: optional rows on what a side lacks are left out, and every rule that rests on them.

Nothing is cleared for it: a row that is left out is not compared, so its values stay as they are on both sides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from streams.mapping.rows import Condition, FlowMapping, MatchRule, Row


def active(mapping: FlowMapping, labels: Collection[str]) -> FlowMapping:
    """Return a flow's mapping for an account whose custom fields have these labels."""
    return without(mapping, inactive(mapping, labels))


def inactive(mapping: FlowMapping, labels: Collection[str]) -> list[Row]:
    """Return the optional rows whose custom field an account lacks; labels compare to the letter."""
    return [row for row in mapping.rows if row.optional and row.label is not None and row.label not in labels]


def without(mapping: FlowMapping, rows: Iterable[Row]) -> FlowMapping:
    """Return a flow's mapping without some rows and what rests on them."""
    out = {row.name for row in rows}
    if not out:
        return mapping
    out |= {row.name for row in mapping.rows if row.derive and row.derive[0] in out}
    return replace(
        mapping,
        rows=tuple(_freed(row, out) for row in mapping.rows if row.name not in out),
        match=tuple(_rules(mapping.match, out)),
        creates={side: tuple(_conditions(given, out)) for side, given in mapping.creates.items()},
    )


def _freed(row: Row, out: set[str]) -> Row:
    """Return a row without what it took from those that are left out."""
    default = {side: default for side, default in row.default.items() if default.row not in out}
    return replace(row, default=default, currency=None if row.currency in out else row.currency)


def _rules(rules: Iterable[MatchRule], out: set[str]) -> Iterable[MatchRule]:
    """Yield the rules that can be asked; one that narrows goes with the rule it narrows."""
    base = True
    for rule in rules:
        base = base if rule.narrows else out.isdisjoint(rule.fields)
        if base and out.isdisjoint((*rule.fields, rule.without)):
            yield rule


def _conditions(conditions: Iterable[Condition], out: set[str]) -> Iterable[Condition]:
    """Yield the conditions without what they ask of rows that are left out; one that asks nothing else goes."""
    for condition in conditions:
        some = tuple(name for name in condition.any if name not in out)
        every = tuple(name for name in condition.all if name not in out)
        equals = {name: values for name, values in condition.equals.items() if name not in out}
        if some or every or equals:
            yield Condition(condition.gate, some, every, equals)
