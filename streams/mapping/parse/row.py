"""One line of a mapping file to one Row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast, get_args

from schemas.errors import MappingError
from schemas.flows import SIDES, Flow, Side
from streams.mapping.converters import CONVERTERS
from streams.mapping.kinds.decimal import Decimal
from streams.mapping.kinds.text import Text
from streams.mapping.options import MappingOptions
from streams.mapping.parse.charset import within
from streams.mapping.parse.document import Node
from streams.mapping.rows import CUSTOM, Default, Direction, Kind, Policy, Row
from streams.mapping.types import ALLOWED, kind_of, split

KEYS: Final = (
    "keap", "erp", "type", "values", "convert", "direction", "policy", "group", "required", "create_only", "default", "derive",
    "too_long", "charset", "not_in_charset", "optional", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What a file is read against."""

    flow: Flow
    options: MappingOptions
    properties: Mapping[Side, Collection[str]] | None
    """Native paths each side knows; None leaves names unchecked."""
    names: Mapping[Flow, Collection[str]]
    """The canonical names of every flow, for what points into another one."""


def parse_row(node: Node, context: Context) -> Row | None:
    """Return the row, None when it lacks what makes it one; every fault is noted either way."""
    said = node.entries(KEYS)
    if not said:
        return None
    derive = _derive(said["derive"]) if "derive" in said else None
    optional = "optional" in said and said["optional"].flag()
    paths = {side: _path(said[side], side, context, optional=optional) if side in said else None for side in SIDES}
    kind = _kind(node, said, context.options)
    direction = said["direction"].choice(get_args(Direction)) if "direction" in said else None
    if derive:
        direction = "to_erp"
    if "erp" not in said or ("keap" in said) == ("derive" in said):
        node.fault("a row needs an `erp` property and either a `keap` property or `derive`")
    _check_inverse(node, said, direction or "both")
    if kind is None or paths["erp"] is None or (paths["keap"] is None and not derive):
        return None
    return Row(
        name=paths["erp"],
        keap=paths["keap"],
        erp=paths["erp"],
        kind=kind,
        direction=cast("Direction", direction or "both"),
        policy=cast("Policy", said["policy"].choice(get_args(Policy)) or "newest") if "policy" in said else "newest",
        group=said["group"].word() if "group" in said else None,
        required="required" in said and said["required"].flag(),
        create_only=bool(derive) or ("create_only" in said and said["create_only"].flag()),
        optional=optional,
        currency=_currency(said["currency"], kind, context) if "currency" in said else None,
        default=_defaults(said["default"], kind) if "default" in said else {},
        derive=derive,
    )


def _path(node: Node, side: Side, context: Context, *, optional: bool) -> str | None:
    """Return a property's path; one that the side does not know is a fault, but not what an optional row may wait for."""
    path = node.word()
    if path is None or context.properties is None:
        return path
    custom = side == "keap" and context.flow != "product"  # Keap's products have none; labels are the tenant's, so every one is allowed
    lacking = side == "erp" and optional and path in context.options.lacking.get(context.flow, ())
    if path in context.properties[side] or lacking or (custom and path.startswith(CUSTOM) and path != CUSTOM):
        return path
    known = [*sorted(context.properties[side]), *([f"{CUSTOM}<label>"] if custom else [])]
    node.fault(f"{side} has no {context.flow} property `{path}`; allowed: {', '.join(known)}")
    return None


def _currency(node: Node, kind: Kind, context: Context) -> str | None:
    """Return the name of the row with an amount's currency."""
    if not isinstance(kind, Decimal):
        node.fault("only an amount has a currency; allowed beside type money and decimal(digits,places)")
    return node.choice(context.names.get(context.flow, ()))


def _kind(node: Node, said: Mapping[str, Node], options: MappingOptions) -> Kind | None:
    """Return the row's type, wrapped in its converter."""
    if "type" not in said:
        node.fault(f"a row needs a `type`; allowed: {ALLOWED}")
        return None
    spec = said["type"].word()
    if spec is None:
        return None
    values = {key: words.words() for key, words in said["values"].entries().items()} if "values" in said else None
    if (spec == "enum") != bool(values):
        said.get("values", said["type"]).fault("`values: {Keap's word: the ERP's word or [words]}` stands beside type enum, and only there")
        return None
    if values and not all(values.values()):
        said["values"].fault("every word in `values` needs at least one of the ERP's")
        return None
    try:
        kind = kind_of(spec, options, values)
    except ValueError as error:
        said["type"].fault(str(error))
        return None
    kind = _cut(said["too_long"], kind) if "too_long" in said else kind
    kind = within(said, kind)
    return _converted(said["convert"], str(split(spec)[0]), kind, options) if "convert" in said else kind


def _cut(node: Node, kind: Kind) -> Kind:
    """Return the type with what becomes of a text that is too long."""
    if node.choice(("fail", "truncate")) != "truncate":
        return kind
    if type(kind) is Text and kind.length:
        return replace(kind, cut=True)
    node.fault("only a string(n) can be cut; allowed here: too_long: fail")
    return kind


def _converted(node: Node, type_: str, kind: Kind, options: MappingOptions) -> Kind | None:
    name = node.choice(CONVERTERS)
    if name is None:
        return None
    converter = CONVERTERS[name]
    if type_ not in converter.fits:
        node.fault(f"the converter {name} does not fit type {type_}; allowed: {', '.join(converter.fits)}")
        return None
    return converter.build(kind, options)


def _check_inverse(node: Node, said: Mapping[str, Node], direction: str) -> None:
    name = said["convert"].value if "convert" in said else None
    if direction != "to_erp" and name in CONVERTERS and not CONVERTERS[name].inverse:
        node.fault(f"the converter {name} has no way back to Keap; allowed: direction: to_erp")


def _defaults(node: Node, kind: Kind) -> dict[Side, Default]:
    """Return `{keap: value}` or `{keap: {row: name}}`; a constant is spelled as the ERP spells it."""
    defaults: dict[Side, Default] = {}
    for key, entry in node.entries(SIDES).items():
        side = cast("Side", key)
        if isinstance(entry.value, dict):
            if row := entry.entries(("row",)).get("row"):
                defaults[side] = Default(row=row.word())
            continue
        try:
            value = kind.read("erp", entry.constant())
            kind.write(side, value)
        except MappingError as error:
            entry.fault(f"the default does not fit the row's type: {error}")
        else:
            defaults[side] = Default(value)
    return defaults


def _derive(node: Node) -> tuple[str, str] | None:
    match node.words():
        case [reference, name]:
            return reference, name
        case _:
            node.fault("`derive` takes [a reference row of this flow, a row of the flow it points into]")
            return None
