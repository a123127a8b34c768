"""What people edit in a storm: one kind of value per row, each value given once only, so that its fate can be told.

No match key is edited: whether two records were the same thing has to stay what it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from schemas.flows import Flow, Side

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of edit."""

    flow: Flow
    row: str
    value: Callable[[int], str]
    """Number of the edit -> the canonical value."""
    keap: tuple[str, Callable[[str, Document], Any]]
    """Keap's property, and what to put there for a value, given the record as it is."""
    erp: str
    """The ERP's property; it takes canonical values."""

    def body(self, side: Side, value: str, record: Document) -> Document:
        """Return what a person's edit sends."""
        if side == "erp":
            return {self.erp: value}
        name, write = self.keap
        return {name: write(value, record)}


def _plain(value: str, _record: Document) -> str:
    return value


def _number(value: str, _record: Document) -> float:
    return float(value)


def _cents(value: str, _record: Document) -> int:
    return int(Decimal(value) * 100)


def _noon(value: str, _record: Document) -> str:
    return f"{value}T12:00:00Z"


def _part(value: str, record: Document) -> Document:
    return {"number": value, "extension": (record.get("phone_number") or {}).get("extension") or ""}


def _slot(items: str, slot: str, name: str, **more: str) -> tuple[str, Callable[[str, Document], Any]]:
    """Set one slot of a list and give the others back as they were, for Keap's PATCH replaces the whole list."""
    keep = ("field", "email", "number", "type", "extension")

    def write(value: str, record: Document) -> list[Document]:
        others = [{key: item[key] for key in keep if item.get(key)} for item in record.get(items) or () if item["field"] != slot]
        return [*others, {"field": slot, name: value, **more}]

    return items, write


def _phone(number: int) -> str:
    return f"+1 212-{200 + number // 10_000}-{number % 10_000:04d}"


def _words(words: str) -> Callable[[int], str]:
    return lambda number: f"{words} {number}"


def _day(number: int) -> str:
    return (date(2030, 1, 1) + timedelta(days=number)).isoformat()


def _birthday(number: int) -> str:
    return (date(1950, 1, 1) + timedelta(days=number % 18_000)).isoformat()


def _amount(number: int) -> str:
    return f"{1000 + number}.25"


KINDS = (
    Kind("company", "phone", _phone, ("phone_number", _part), "phone"),
    Kind("company", "website", lambda number: f"https://example.com/{number}", ("website", _plain), "website"),
    Kind("company", "notes", _words("Note"), ("notes", _plain), "notes"),
    Kind("contact", "job_title", _words("Head of"), ("job_title", _plain), "job_title"),
    Kind("contact", "birth_date", _birthday, ("birth_date", _plain), "birth_date"),
    Kind("contact", "email_2", lambda number: f"edit{number}@example.com", _slot("email_addresses", "EMAIL2", "email"), "email_2"),
    Kind("contact", "mobile", _phone, _slot("phone_numbers", "PHONE2", "number", type="Mobile"), "mobile"),
    Kind("opportunity", "expected_date", _day, ("estimated_close_time", _noon), "expected_date"),
    Kind("opportunity", "amount_estimate", _amount, ("projected_revenue_high", _number), "amount_estimate"),
    Kind("opportunity", "notes", _words("Note"), ("opportunity_notes", _plain), "notes"),
    Kind("product", "unit_price", _amount, ("price", _cents), "unit_price"),
    Kind("product", "weight", lambda number: f"{number}.5", ("weight", _number), "weight"),
    Kind("product", "description", _words("Description"), ("description", _plain), "description"),
)


@dataclass(frozen=True, slots=True)
class Birth:
    """One kind of record that people make on a side; its mark makes it unlike any other."""

    flow: Flow
    side: Side
    body: Callable[[str], Document]


BIRTHS = (
    Birth("company", "keap", lambda mark: {"company_name": f"Newcomer {mark} Inc"}),
    Birth("company", "erp", lambda mark: {"name": f"Newcomer {mark} Inc"}),
    Birth(
        "contact",
        "keap",
        lambda mark: {"family_name": f"Newcomer {mark}", "email_addresses": [{"field": "EMAIL1", "email": f"{mark}@example.com"}]},
    ),
    Birth("contact", "erp", lambda mark: {"last_name": f"Newcomer {mark}", "email": f"{mark}@example.com"}),
    Birth(
        "product",
        "keap",
        lambda mark: {"name": f"Newcomer {mark}", "sku": mark, "price": 1500, "short_description": "New"},
    ),
    Birth("product", "erp", lambda mark: {"name": f"Newcomer {mark}", "sku": mark, "unit_price": "15.00"}),
)
NAMED = {"company": "name", "contact": "last_name", "product": "name"}
"""Flow -> the row that shows a newcomer's mark."""
