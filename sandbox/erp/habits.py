"""Storage habits: ways in which ERPs keep something else than they were told."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

Body = dict[str, Any]


class Habits(Struct, frozen=True, forbid_unknown_fields=True):
    """The habits; all off by default. They change what is written from now on, not what is stored.

    Attributes:
        trim: Strings lose the blanks around them; one that is all blanks stays.
        upper: Properties stored in upper case; nested ones with points.
        round: Decimal property → digits kept after the point, half away from zero.
        ignore: Properties that keep what they show, whatever is written; no nested ones.
        derived: Contacts get a `full_name`, orders a `total`, both read-only.
    """

    trim: bool = False
    upper: tuple[str, ...] = ()
    round: dict[str, Annotated[int, Meta(ge=0, le=4)]] = {}
    ignore: tuple[str, ...] = ()
    derived: bool = False

    def apply(self, entity: str, body: Body, before: Body | None = None) -> Body:
        """Return the body as this ERP stores it in place of `before`, a new record's in place of nothing."""
        kept = {name: value for name, value in (before or {}).items() if name in self.ignore}
        stored = {name: value for name, value in self._store(body, "").items() if name not in self.ignore} | kept
        if self.derived and entity == "contacts":
            stored["full_name"] = " ".join(filter(None, (stored.get("first_name"), stored.get("last_name"))))
        if self.derived and entity == "orders":
            stored["total"] = stored.get("total_amount") or stored.get("amount_estimate")
        return stored

    def _store(self, body: Body, prefix: str) -> Body:
        return {name: self._value(value, f"{prefix}{name}") for name, value in body.items()}

    def _value(self, value: Any, path: str) -> Any:
        if isinstance(value, dict):
            return self._store(value, f"{path}.")
        if not isinstance(value, str):
            return value
        if self.trim:
            value = value.strip() or value
        if path in self.upper:
            value = value.upper()
        if path in self.round:
            value = str(Decimal(value).quantize(Decimal(1).scaleb(-self.round[path]), ROUND_HALF_UP))
        return value
