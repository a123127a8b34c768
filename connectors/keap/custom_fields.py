"""`custom_fields`: records carry ids, the mapping names labels.

The list is replaced whole by a PATCH, so it is read-merge-written like the slots; unset fields, which reads list with a null
content, are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from connectors.jsonbytes import Json, plain
from connectors.keap.names import CustomField, Names
from connectors.keap.scalars import decimal_of, instant_of
from schemas.errors import RejectedError
from schemas.flows import Fields, Value

PREFIX: Final = "custom_fields."
_SEPARATOR: Final = ","
_DAY: Final = len("2026-01-01")


@dataclass(frozen=True, slots=True)
class CustomFields:
    """All custom fields of an entity: `custom_fields.<label>`."""

    member: str = "custom_fields"
    properties: tuple[str, ...] = ()
    writable: bool = True

    def read(self, raw: Json, names: Names) -> Fields:
        """Return every field of the model, None where unset; one that the model does not know is left out."""
        contents = {str(one.get("id")): one.get("content") for one in raw.get(self.member) or ()}
        return {PREFIX + one.label: value_of(contents.get(one.id), one.type) for one in reversed([*names.custom.values()])}

    def write(self, changes: Fields, raw: Json, names: Names) -> Json:
        """Return the whole list; raises RejectedError for a label the tenant does not have."""
        contents = {str(one["id"]): one["content"] for one in raw.get(self.member) or () if one.get("content") not in (None, "")}
        for name, value in changes.items():
            label = name.removeprefix(PREFIX)
            if (known := names.field_labelled(label)) is None:
                raise RejectedError(f"Keap has no custom field labelled {label!r} there")
            contents[known.id] = content_of(value, known)
        return {self.member: [{"id": id_, "content": content} for id_, content in contents.items() if content is not None]}


def value_of(content: Any, field_type: str = "") -> Value:
    """Turn an untyped content into a native value; several choices are joined by commas.

    What is not of its field's type stays as it is, for the mapping to complain of.
    """
    if content in (None, "", []):
        return None
    if isinstance(content, list):
        return _SEPARATOR.join(str(one) for one in content)
    read = _READS.get(field_type)
    return read(content) if read else _as_it_is(content)


def content_of(value: Value, known: CustomField) -> Any:
    """Turn a native value into the content its field's type asks for; raises RejectedError for one that is not of it."""
    write = _WRITES.get(known.type)
    return value if value is None or write is None else write(value)


def _as_it_is(content: Any) -> Value:
    if isinstance(content, Decimal):
        return plain(content)
    return content if isinstance(content, bool | int | str) else str(content)


def _amount(content: Any) -> Value:
    """A whole amount comes without a point; it is a decimal all the same."""
    try:
        return plain(Decimal(str(content)))
    except InvalidOperation:
        return str(content)


def _switch(content: Any) -> Value:
    """Documented nowhere: true and false, 1 and 0 and the words are all understood."""
    return _SWITCHES.get(str(content).strip().lower(), _as_it_is(content))


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_SWITCHES: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_READS: Final[Mapping[str, Callable[[Any], Value]]] = {
    **dict.fromkeys(("DECIMAL_NUMBER", "CURRENCY", "PERCENT"), _amount),
    "YES_NO": _switch,
    "DATE": lambda content: str(content)[:_DAY],
    "DATE_TIME": instant_of,
}
_WRITES: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("TEXT", "TEXT_AREA"), _text),
    "WHOLE_NUMBER": lambda value: int(decimal_of(value)),
    **dict.fromkeys(("DECIMAL_NUMBER", "CURRENCY", "PERCENT"), decimal_of),
    **dict.fromkeys(("LIST_BOX", "USER_LIST_BOX"), lambda value: str(value).split(_SEPARATOR)),
}
