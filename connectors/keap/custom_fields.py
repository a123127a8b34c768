"""`custom_fields`: records carry ids, the mapping names labels.

The list is replaced whole by a PATCH, so it is read-merge-written like the slots; unset fields, which reads list with a null
content, are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from connectors.jsonbytes import Json, plain
from connectors.keap.names import CustomField, Names
from connectors.keap.scalars import decimal_of
from schemas.errors import RejectedError
from schemas.flows import Fields, Value

PREFIX: Final = "custom_fields."
_SEPARATOR: Final = ","


@dataclass(frozen=True, slots=True)
class CustomFields:
    """All custom fields of an entity: `custom_fields.<label>`."""

    member: str = "custom_fields"
    properties: tuple[str, ...] = ()
    writable: bool = True

    def read(self, raw: Json, names: Names) -> Fields:
        """Return every field of the model, None where unset; one that the model does not know is left out."""
        contents = {str(one.get("id")): one.get("content") for one in raw.get(self.member) or ()}
        return {PREFIX + one.label: value_of(contents.get(one.id)) for one in reversed([*names.custom.values()])}

    def write(self, changes: Fields, raw: Json, names: Names) -> Json:
        """Return the whole list; raises RejectedError for a label the tenant does not have."""
        contents = {str(one["id"]): one["content"] for one in raw.get(self.member) or () if one.get("content") not in (None, "")}
        for name, value in changes.items():
            label = name.removeprefix(PREFIX)
            if (known := names.field_labelled(label)) is None:
                raise RejectedError(f"Keap has no custom field labelled {label!r} there")
            contents[known.id] = content_of(value, known)
        return {self.member: [{"id": id_, "content": content} for id_, content in contents.items() if content is not None]}


def value_of(content: Any) -> Value:
    """Turn an untyped content into a native value; several choices are joined by commas."""
    match content:
        case None | "" | []:
            return None
        case bool() | int() | str():
            return content
        case Decimal():
            return plain(content)
        case list():
            return _SEPARATOR.join(str(one) for one in content)
        case _:
            return str(content)


_CONTENTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "WHOLE_NUMBER": lambda value: int(decimal_of(value)),
    "DECIMAL_NUMBER": decimal_of,
    "CURRENCY": decimal_of,
    "PERCENT": decimal_of,
    "LIST_BOX": lambda value: str(value).split(_SEPARATOR),
    "USER_LIST_BOX": lambda value: str(value).split(_SEPARATOR),
}


def content_of(value: Value, known: CustomField) -> Any:
    """Turn a native value into the content its field's type asks for."""
    convert = _CONTENTS.get(known.type)
    return convert(value) if convert and value is not None else value
