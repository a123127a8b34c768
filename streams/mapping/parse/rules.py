"""What a mapping file says of whole records: which are twins (`match`), where they are created (`create`), what stamps them (`stamp`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from schemas.errors import MappingError
from schemas.flows import SIDES, Side, Value
from streams.mapping.parse.document import Node
from streams.mapping.parse.row import CUSTOM, Context
from streams.mapping.rows import Condition, MatchRule, Row

RULE_KEYS: Final = ("fields", "unique", "narrows", "without", "review_only")
CONDITION_KEYS: Final = ("gate", "any", "all", "equals")
STAMP_FIELD: Final = "stamp_field"
"""Stands for the Keap custom field that the connection's settings name."""
EXTERNAL_ID: Final = "external_id"
"""The ERP's own property for it, by contract."""


def parse_match(node: Node, rows: Mapping[str, Row]) -> tuple[MatchRule, ...]:
    """Return the rules in order."""
    rules = []
    for number, item in enumerate(node.items()):
        said = item.entries(RULE_KEYS)
        flags = {key: said[key].flag() for key in ("unique", "narrows", "review_only") if key in said}
        fields = _rows_named(said["fields"], rows) if "fields" in said else ()
        without = said["without"].choice(rows) if "without" in said else None
        if "fields" not in said or not said["fields"].value:
            item.fault("a match rule needs `fields`, a list of ERP names of rows")
        if flags.get("narrows") and not number:
            item.fault("`narrows` refines the rule before it, and there is none")
        rules.append(MatchRule(fields, without=without, **flags))
    return tuple(rules)


def parse_create(node: Node, rows: Mapping[str, Row]) -> dict[Side, tuple[Condition, ...]]:
    """Return the sides that get records, each with its conditions; a required row is one of them."""
    creates: dict[Side, tuple[Condition, ...]] = {}
    for key, conditions in node.entries(SIDES).items():
        side = cast("Side", key)
        given = tuple(_condition(item, rows) for item in conditions.items())
        creates[side] = (*_requirements(side, rows.values()), *given)
    return creates


def _requirements(side: Side, rows: Iterable[Row]) -> Iterable[Condition]:
    """Yield a condition per required row that the side takes: `erp_requires_name`."""
    for row in rows:
        if row.required and row.writes(side):
            yield Condition(f"{side}_requires_{row.name.replace('.', '_')}", all=(row.name,))


def _condition(node: Node, rows: Mapping[str, Row]) -> Condition:
    said = node.entries(CONDITION_KEYS)
    if not {"any", "all", "equals"} & said.keys():
        node.fault("a condition needs at least one of `any: [rows]`, `all: [rows]`, `equals: {row: [values]}`")
    return Condition(
        gate=(said["gate"].word() or "") if "gate" in said else "filter",
        any=_rows_named(said["any"], rows, _groups(rows)) if "any" in said else (),
        all=_rows_named(said["all"], rows) if "all" in said else (),
        equals=_equals(said["equals"], rows) if "equals" in said else {},
    )


def _equals(node: Node, rows: Mapping[str, Row]) -> dict[str, tuple[Value, ...]]:
    """Return the values each row may have, in canonical form; they are spelled as the ERP spells them."""
    equals: dict[str, tuple[Value, ...]] = {}
    for name, values in node.entries().items():
        if name not in rows:
            values.fault(f"`{name}` is no row of this file; allowed: {', '.join(rows)}")
            continue
        given = values.items() if isinstance(values.value, list) else [values]
        try:
            equals[name] = tuple(rows[name].kind.read("erp", one.constant()) for one in given)
        except MappingError as error:
            values.fault(f"the value does not fit the row's type: {error}")
    return equals


def parse_stamp(node: Node, context: Context) -> dict[Side, str]:
    """Return the native path of each side's stamp; Keap has none where the settings name no field."""
    said = node.entries(SIDES)
    stamp: dict[Side, str] = {}
    if "erp" in said and (path := said["erp"].choice([EXTERNAL_ID])):
        stamp["erp"] = path
    if "keap" not in said:
        return stamp
    word, label = said["keap"].word(), context.options.keap_stamp_field
    if context.flow == "product":
        said["keap"].fault("Keap's products have no custom fields to stamp; allowed: erp")
    elif word == STAMP_FIELD:
        stamp |= {"keap": f"{CUSTOM}{label}"} if label else {}
    elif word and word.startswith(CUSTOM) and word != CUSTOM:
        stamp["keap"] = word
    elif word:
        said["keap"].fault(f"`{word}` cannot carry a stamp; allowed: {STAMP_FIELD}, {CUSTOM}<label>")
    return stamp


def _rows_named(node: Node, rows: Mapping[str, Row], groups: Mapping[str, Sequence[str]] | None = None) -> tuple[str, ...]:
    """Return a list of row names, a group's name standing for its rows where `groups` are welcome; each that is neither is a fault."""
    known = {**(groups or {}), **{name: (name,) for name in rows}}
    names = node.words() if node.value else []
    for name in names:
        if name not in known:
            node.fault(f"`{name}` is no row of this file; allowed: {', '.join(known)}")
    return tuple(row for name in names for row in known.get(name, ()))


def _groups(rows: Mapping[str, Row]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for row in rows.values():
        if row.group:
            groups.setdefault(row.group, []).append(row.name)
    return groups
