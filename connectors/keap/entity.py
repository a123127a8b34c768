"""How a Keap entity is declared: a table of parts, and what its list call can do.

A part owns some flat properties and one JSON member. Reading asks every part; writing asks those that own a changed property, and the
body's members are the `update_mask`: nothing else is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from connectors.jsonbytes import Json
from connectors.keap.custom_fields import PREFIX, CustomFields
from connectors.keap.names import Names
from schemas.errors import RejectedError
from schemas.flows import Fields, Flow


class Part(Protocol):
    """Some properties and the JSON member that holds them."""

    @property
    def member(self) -> str:
        """Name in a record and in `fields=`."""

    @property
    def properties(self) -> tuple[str, ...]:
        """Flat names, custom fields left out."""

    @property
    def writable(self) -> bool:
        """Whether they can be written."""

    def read(self, raw: Json, names: Names) -> Fields:
        """Return every property, None where unset."""

    def write(self, changes: Fields, raw: Json, names: Names) -> Json:
        """Return the members of the body that make the changes on top of `raw` ({} for a new record)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    Attributes:
        plural: the collection's path and the envelope's key.
        fields: `fields=` names all that is shown, only what is added to the usual, or does not exist.
        meta: members beside the parts' that are asked for.
        created, updated: members that hold the times.
        id_filter: filter by id, with `>`.
        since_filter: filter by change time; None where there is none.
        by_id, by_update, by_create: values of `order_by`; by_id "" where the default is by id and no key is documented.
        by_create_shows: the time that `by_create` orders by.
    """

    flow: Flow
    plural: str
    parts: tuple[Part, ...]
    fields: Literal["all", "added", "none"]
    created: str
    updated: str
    id_filter: str
    by_create: str
    by_create_shows: Literal["created_at", "updated_at"] = "created_at"
    by_id: str = ""
    by_update: str = ""
    since_filter: str | None = None
    meta: tuple[str, ...] = ()
    stamped: bool = True

    @property
    def members(self) -> tuple[str, ...]:
        """The JSON members that are needed, once each."""
        return tuple(dict.fromkeys(part.member for part in self.parts))

    @property
    def asked(self) -> dict[str, str]:
        """The `fields=` parameter: always sent where it exists, since most is not shown by default."""
        match self.fields:
            case "all":
                return {"fields": ",".join(("id", *self.members, self.created, self.updated, *self.meta))}
            case "added":
                return {"fields": ",".join(("custom_fields", *self.meta))}
            case "none":
                return {}

    def flatten(self, raw: Json, names: Names) -> Fields:
        """Return all native fields of a record."""
        return {name: value for part in self.parts for name, value in part.read(raw, names).items()}

    def unflatten(self, changes: Fields, raw: Json, names: Names) -> Json:
        """Return the body that makes the changes on top of `raw`.

        Raises:
            RejectedError: a property is unknown or read-only, or its value cannot be written.
        """
        body: Json = {}
        left = set(changes)
        for part in self.parts:
            own = {name: changes[name] for name in sorted(left) if owns(part, name)}
            if own:
                body |= part.write(own, raw, names)
                left -= own.keys()
        if left:
            raise RejectedError(f"Keap's {self.flow} has no writable property {', '.join(sorted(left))}")
        return body

    def properties(self, *, writable: bool = False) -> Iterator[str]:
        """Yield the flat names, custom fields left out."""
        for part in self.parts:
            if part.writable or not writable:
                yield from part.properties


def owns(part: Part, name: str) -> bool:
    """Tell whether a part writes a property."""
    return part.writable and (name in part.properties or (isinstance(part, CustomFields) and name.startswith(PREFIX)))
