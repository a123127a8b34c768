"""The value objects inside a record (a phone, an e-mail, an address): how one is read flat and written back.

Writing merges into what was read and keeps only properties that may be written: sending a read-only one back is a 400
(infusionsoft-php #224), and `opt_in_reason` would change a person's consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from connectors.jsonbytes import Json
from schemas.flows import Fields, Value


class Shape(Protocol):
    """One kind of value object."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The properties that travel."""

    def read(self, item: Json) -> Fields:
        """Return every key, None where unset."""

    def merge(self, item: Json, changes: Fields) -> Json | None:
        """Return `item` as it is to be sent with `changes` in it; None when no key has a value any more."""


@dataclass(frozen=True, slots=True)
class Keys:
    """An object whose keys travel as they are.

    Attributes:
        kept: writable properties that do not travel but must survive a write.
    """

    keys: tuple[str, ...]
    kept: tuple[str, ...] = ()

    def read(self, item: Json) -> Fields:
        """Return every key, None where unset."""
        return {key: item.get(key) or None for key in self.keys}

    def merge(self, item: Json, changes: Fields) -> Json | None:
        """Return the object to be sent, None when it is empty."""
        merged = {key: item[key] for key in (*self.keys, *self.kept) if item.get(key)}
        return settled({**merged, **changes}, self.keys)


def settled(item: dict[str, Value], keys: tuple[str, ...]) -> Json | None:
    """Return `item` without empty properties, None when none of `keys` is left."""
    item = {key: value for key, value in item.items() if value not in (None, "")}
    return item if any(key in item for key in keys) else None


EMAIL = Keys(("email",))
PHONE = Keys(("number",), kept=("extension", "type"))
COMPANY_PHONE = Keys(("number", "extension"), kept=("type",))
FAX = Keys(("number",), kept=("type",))
