"""What people edit in a storm: one kind of value per row, each value given once only where it can be, so that its fate can be told.

No match key is edited: whether two records were the same thing has to stay what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from schemas.flows import Fields, Flow, Side

Document = dict[str, Any]


Write = Callable[[Fields, Document], Any]
"""What to put into Keap's property: (canonical values by row, the record as it is) -> the property."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of edit.

    Attributes:
        says: number of the edit -> the canonical values by row, whose name is the ERP's path. None clears.
        keap: Keap's property, and what to put there.
        to: the flow that the row refers to; it says whom, then, and the number does not count.
    """

    flow: Flow
    says: Callable[[int], Fields]
    keap: tuple[str, Write]
    to: Flow | None = None

    @property
    def row(self) -> str:
        """The row, the first one of several."""
        return next(iter(self.says(1)))

    @property
    def clears(self) -> bool:
        """Whether it takes a value away: there has to be one."""
        return self.to is None and None in self.says(1).values()

    @property
    def repeats(self) -> bool:
        """Whether its values are given more than once: its fate can be told only where nothing else was said for a while."""
        return self.clears or self.to is not None

    def needless(self, side: Side, values: Fields, record: Document) -> bool:
        """Tell whether a record shows this already: nobody could see such an edit."""
        ((name, sent),) = self.body(side, values, record).items()
        shown = record.get(name)
        if isinstance(sent, dict):
            shown = {part: (shown or {}).get(part) for part in sent}
        return (shown or None) == (sent or None)

    def body(self, side: Side, values: Fields, record: Document) -> Document:
        """Return what a person's edit sends."""
        name, write = self.keap
        return {name: write(values, record)} if side == "keap" else _nested(values, refers=self.to is not None)


def _nested(values: Fields, *, refers: bool) -> Document:
    body: Document = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        part = body
        for parent in parents:
            part = part.setdefault(parent, {})
        part[last] = str(value).rpartition("/")[2] if refers else value
    return body


def _only(values: Fields) -> Any:
    return next(iter(values.values()))


def _plain(values: Fields, _record: Document) -> str:
    return _only(values) or ""


def _number(values: Fields, _record: Document) -> float:
    return float(_only(values))


def _cents(values: Fields, _record: Document) -> int:
    return int(Decimal(_only(values)) * 100)


def _noon(values: Fields, _record: Document) -> str:
    return f"{_only(values)}T12:00:00Z"


def _part(values: Fields, record: Document) -> Document:
    return {"number": _only(values), "extension": (record.get("phone_number") or {}).get("extension") or ""}


def _id(values: Fields, _record: Document) -> Document:
    return {"id": str(_only(values)).rpartition("/")[2]}


ADDRESS = ("line1", "line2", "locality", "region_code", "country_code", "postal_code")


def _moved(values: Fields, address: Document | None) -> Document:
    """Return an address with another city and postal code."""
    city, postal_code = values.values()
    return {**{name: value for name in ADDRESS if (value := (address or {}).get(name))}, "locality": city, "postal_code": postal_code}


def _address(values: Fields, record: Document) -> Document:
    return _moved(values, record.get("address"))


def _shipping(values: Fields, record: Document) -> list[Document]:
    slots = {item["field"]: item for item in record.get("addresses") or ()}
    slots["SHIPPING"] = _moved(values, slots.get("SHIPPING"))
    return [{"field": slot, **{name: item[name] for name in ADDRESS if item.get(name)}} for slot, item in slots.items()]


def _slot(items: str, slot: str, name: str, **more: str) -> tuple[str, Write]:
    """Set one slot of a list and give the others back as they were, for Keap's PATCH replaces the whole list."""
    keep = ("field", "email", "number", "type", "extension")

    def write(values: Fields, record: Document) -> list[Document]:
        others = [{key: item[key] for key in keep if item.get(key)} for item in record.get(items) or () if item["field"] != slot]
        return [*others, {"field": slot, name: _only(values), **more}]

    return items, write


def _phone(number: int) -> str:
    return f"+1 212-{200 + number // 10_000}-{number % 10_000:04d}"


def _said(row: str, value: Callable[[int], str]) -> Callable[[int], Fields]:
    return lambda number: {row: value(number)}


def _nothing(row: str) -> Callable[[int], Fields]:
    return lambda _number: {row: None}


def _place(address: str) -> Callable[[int], Fields]:
    return lambda number: {f"{address}.city": f"Springfield {number}", f"{address}.postal_code": f"{number:05d}"}


def _words(words: str) -> Callable[[int], str]:
    return lambda number: f"{words} {number}"


def _day(number: int) -> str:
    return (date(2030, 1, 1) + timedelta(days=number)).isoformat()


def _birthday(number: int) -> str:
    return (date(1950, 1, 1) + timedelta(days=number % 18_000)).isoformat()


def _amount(number: int) -> str:
    return f"{1000 + number}.25"


KINDS = (
    Kind("company", _said("phone", _phone), ("phone_number", _part)),
    Kind("company", _said("website", lambda number: f"https://example.com/{number}"), ("website", _plain)),
    Kind("company", _said("notes", _words("Note")), ("notes", _plain)),
    Kind("contact", _said("job_title", _words("Head of")), ("job_title", _plain)),
    Kind("contact", _said("birth_date", _birthday), ("birth_date", _plain)),
    Kind("contact", _said("email_2", lambda number: f"edit{number}@example.com"), _slot("email_addresses", "EMAIL2", "email")),
    Kind("contact", _said("mobile", _phone), _slot("phone_numbers", "PHONE2", "number", type="Mobile")),
    Kind("opportunity", _said("expected_date", _day), ("estimated_close_time", _noon)),
    Kind("opportunity", _said("amount_estimate", _amount), ("projected_revenue_high", _number)),
    Kind("opportunity", _said("notes", _words("Note")), ("opportunity_notes", _plain)),
    Kind("product", _said("unit_price", _amount), ("price", _cents)),
    Kind("product", _said("weight", lambda number: f"{number}.5"), ("weight", _number)),
    Kind("product", _said("description", _words("Description")), ("description", _plain)),
    # A group of rows, which moves as one.
    Kind("company", _place("billing_address"), ("address", _address)),
    Kind("contact", _place("shipping_address"), ("addresses", _shipping)),
    # What is given more than once.
    Kind("company", _nothing("website"), ("website", _plain)),
    Kind("contact", _nothing("job_title"), ("job_title", _plain)),
    Kind("product", _nothing("description"), ("description", _plain)),
    Kind("contact", _nothing("customer_id"), ("company", _id), to="company"),
)


@dataclass(frozen=True, slots=True)
class Birth:
    """One kind of record that people make on a side; its mark makes it unlike any other.

    Attributes:
        body: the mark, and what it has to be given -> what is sent.
        deal: whether it has to be given a contact and a stage.
    """

    flow: Flow
    side: Side
    body: Callable[[str, Document], Document]
    deal: bool = False


BIRTHS = (
    Birth("company", "keap", lambda mark, _: {"company_name": f"Newcomer {mark} Inc"}),
    Birth("company", "erp", lambda mark, _: {"name": f"Newcomer {mark} Inc"}),
    Birth(
        "contact",
        "keap",
        lambda mark, _: {"family_name": f"Newcomer {mark}", "email_addresses": [{"field": "EMAIL1", "email": f"{mark}@example.com"}]},
    ),
    Birth("contact", "erp", lambda mark, _: {"last_name": f"Newcomer {mark}", "email": f"{mark}@example.com"}),
    Birth(
        "product",
        "keap",
        lambda mark, _: {"name": f"Newcomer {mark}", "sku": mark, "price": 1500, "short_description": "New"},
    ),
    Birth("product", "erp", lambda mark, _: {"name": f"Newcomer {mark}", "sku": mark, "unit_price": "15.00"}),
    Birth("opportunity", "keap", lambda mark, given: {"opportunity_title": f"Newcomer {mark}", **given}, deal=True),
)
NAMED = {"company": "name", "contact": "last_name", "opportunity": "title", "product": "name"}
"""Flow -> the row that shows a newcomer's mark."""
