"""JSON Schemas compiled once into functions that list every fault of a value.

Only the keywords the contract uses; an unknown one raises at start, so that no clause is skipped in silence.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.erp.formats import normalise_instant, parse_date
from sandbox.erp.problems import Fault
from sandbox.erp.schemas import Schema

Check = Callable[[Any], list[Fault]]
_Rule = Callable[[Any, str], Iterator[Fault]]

_SILENT = frozenset({"description", "default", "examples", "readOnly", "x-references", "required", "additionalProperties"})
_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "array": (list,),
    "object": (dict,),
}
_PARSERS: dict[str, Callable[[str], object]] = {"date": parse_date, "date-time": normalise_instant}


def compile_check(schema: Schema, read_only: frozenset[str] = frozenset()) -> Check:
    """Compile a flat schema.

    Args:
        schema: With references followed and `allOf` merged.
        read_only: Unknown properties that are reported as `read_only` instead of `unknown`.
    """
    rule = _compile(schema, read_only)
    return lambda value: list(rule(value, ""))


def _compile(schema: Schema, read_only: frozenset[str] = frozenset()) -> _Rule:
    types = schema.get("type", [])
    allowed = _allow([types] if isinstance(types, str) else types)
    rules: list[tuple[tuple[type, ...], _Rule]] = []
    for keyword, operand in schema.items():
        if keyword in _RULES:
            applies_to, make = _RULES[keyword]
            rules.append((applies_to, make(operand)))
        elif keyword not in _SILENT | {"type", "properties"}:
            message = f"the contract uses {keyword!r}, which the reference ERP cannot check"
            raise ValueError(message)
    if "properties" in schema:
        rules.append(((dict,), _properties(schema, read_only)))

    def rule(value: Any, field: str) -> Iterator[Fault]:
        if not allowed(value):
            yield Fault(field, "type", f"has to be {' or '.join([types] if isinstance(types, str) else types)}")
            return
        for applies_to, inner in rules:
            if isinstance(value, applies_to):
                yield from inner(value, field)

    return rule


def _allow(types: list[str]) -> Callable[[Any], bool]:
    """Test for one of the types: true is no integer, though Python's is, and 1.0 is one, though Python's is not."""
    classes = {known for name in types for known in _TYPES[name]}
    whole = int in classes
    return lambda value: not classes or type(value) in classes or (whole and type(value) is float and value.is_integer())


def _properties(schema: Schema, read_only: frozenset[str]) -> _Rule:
    rules = {name: _compile(inner) for name, inner in schema["properties"].items()}
    required = schema.get("required", ())
    closed = schema.get("additionalProperties") is False

    def rule(value: dict[str, Any], field: str) -> Iterator[Fault]:
        prefix = f"{field}." if field else ""
        for name in required:
            if name not in value:
                yield Fault(f"{prefix}{name}", "required", "is missing")
        for name, inner in value.items():
            if name in rules:
                yield from rules[name](inner, f"{prefix}{name}")
            elif name in read_only:
                yield Fault(f"{prefix}{name}", "read_only", "is written by the ERP alone")
            elif closed:
                yield Fault(f"{prefix}{name}", "unknown", "is no property of this object")

    return rule


def _any_of(schemas: list[Schema]) -> _Rule:
    rules = [_compile(schema) for schema in schemas]

    def rule(value: Any, field: str) -> Iterator[Fault]:
        faults = [list(inner(value, field)) for inner in rules]
        if all(faults):
            names = " or ".join(dict.fromkeys(found[0].field for found in faults))
            yield Fault(faults[0][0].field, "required", f"{names} is needed")

    return rule


def _items(schema: Schema) -> _Rule:
    inner = _compile(schema)

    def rule(value: list[Any], field: str) -> Iterator[Fault]:
        for index, item in enumerate(value):
            yield from inner(item, f"{field}.{index}")

    return rule


def _test(code: str, holds: Callable[[Any], bool], message: str) -> _Rule:
    def rule(value: Any, field: str) -> Iterator[Fault]:
        if not holds(value):
            yield Fault(field, code, message)

    return rule


def _pattern(pattern: str) -> _Rule:
    # Python's `$` also matches before a last line feed.
    search = re.compile(re.sub(r"\$$", r"\\Z", pattern)).search
    return _test("format", lambda value: bool(search(value)), f"has to match {pattern}")


def _format(name: str) -> _Rule:
    def holds(value: str) -> bool:
        try:
            _PARSERS[name](value)
        except (ValueError, OverflowError):
            return False
        return True

    return _test("format", holds, f"has to be a {name}")


_RULES: dict[str, tuple[tuple[type, ...], Callable[[Any], _Rule]]] = {
    "maxLength": ((str,), lambda most: _test("length", lambda value: len(value) <= most, f"has at most {most} characters")),
    "minLength": ((str,), lambda least: _test("length", lambda value: len(value) >= least, f"has at least {least} character")),
    "pattern": ((str,), _pattern),
    "format": ((str,), _format),
    "minimum": ((int, float), lambda least: _test("range", lambda value: value >= least, f"is at least {least}")),
    "maximum": ((int, float), lambda most: _test("range", lambda value: value <= most, f"is at most {most}")),
    "enum": ((object,), lambda values: _test("enum", lambda value: value in values, f"has to be one of {values}")),
    "minItems": ((list,), lambda least: _test("length", lambda value: len(value) >= least, f"has at least {least} item")),
    "items": ((list,), _items),
    "anyOf": ((object,), _any_of),
}
