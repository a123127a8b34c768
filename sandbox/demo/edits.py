"""Edits on both sides, as people at both screens make them: one catalogue per side, one kind of value after the other.

Each edit takes a pair of its own, so that what it should lead to is known: both sides show the edited value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from console.audit import Reader
from console.read_model import Links
from sandbox.demo.servers import Server
from schemas.flows import FLOWS, Flow, Side, Value
from streams.sync.state import Link

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of edit: the row of the mapping it touches, the property it writes, and the new value from the old record."""

    flow: Flow
    row: str
    property: str
    new: Callable[[Document, Link], Any]
    """(record as the API shows it, another pair to point to) -> the property's new value."""
    to: Flow | None = None
    """The flow a reference points into."""
    given: Callable[[Document], bool] = lambda _record: True
    """Whether the record can be edited so; a clear needs something to clear."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that was made."""

    side: Side
    link: Link
    row: str
    value: Value
    """What its side showed right after it, in canonical form."""


def _slot(name: str, slot: str, **values: Any) -> Callable[[Document, Link], Any]:
    """Set one slot of a list and give the others back as they were, for Keap's PATCH replaces the whole list."""
    keep = ("field", "email", "number", "type", "extension")

    def new(record: Document, _: Link) -> list[Document]:
        others = [{key: item[key] for key in keep if item.get(key)} for item in record.get(name) or () if item["field"] != slot]
        return [*others, {"field": slot, **values}] if values else others

    return new


def _set(value: Any) -> Callable[[Document, Link], Any]:
    return lambda _record, _other: value


def _has(name: str) -> Callable[[Document], bool]:
    return lambda record: bool(record.get(name))


def keap_kinds(stages: dict[str, str]) -> tuple[Kind, ...]:
    """Return what people edit in Keap."""
    return (
        Kind("company", "name", "company_name", lambda record, _: f"{record['company_name'].strip()} Group"),
        Kind("company", "phone", "phone_number", _set({"number": "+1 303-555-0142", "extension": "7"})),
        Kind("company", "website", "website", _set(""), given=_has("website")),
        Kind("contact", "first_name", "given_name", _set("Maximilian")),
        Kind("contact", "email_2", "email_addresses", _slot("email_addresses", "EMAIL2", email="second@example.com")),
        Kind("contact", "mobile", "phone_numbers", _slot("phone_numbers", "PHONE2", number="+1 206-555-0111", type="Mobile")),
        Kind("contact", "birth_date", "birth_date", _set("1980-02-29")),
        Kind("contact", "customer_id", "company", lambda _, other: {"id": other.keap.id}, to="company"),
        Kind("contact", "job_title", "job_title", _set(""), given=_has("job_title")),
        Kind("opportunity", "status", "stage_id", _set(stages["Won"])),
        Kind("opportunity", "expected_date", "estimated_close_time", _set("2027-12-24T12:00:00Z")),
        Kind("opportunity", "amount_estimate", "projected_revenue_high", _set(12345.67)),
        Kind("opportunity", "contact_id", "contact_id", lambda _, other: other.keap.id, to="contact"),
        Kind("opportunity", "include_in_forecast", "include_in_forecast", lambda record, _: not record["include_in_forecast"]),
        Kind("product", "unit_price", "price", _set(1250)),
        Kind("product", "active", "active", lambda record, _: not record["active"]),
        Kind("product", "weight", "weight", _set(2.5)),
        Kind("product", "description", "description", _set("Edited in Keap.\nTwo lines.")),
    )


ERP_KINDS = (
    Kind("company", "name", "name", lambda record, _: f"{record['name'].strip()} Ltd"),
    Kind("company", "fax", "fax", _set("+1 415-555-0177")),
    Kind("company", "phone", "phone", _set(None), given=_has("phone")),
    Kind("company", "billing_address.city", "billing_address", _set({"city": "Springfield"}), given=_has("billing_address")),
    # These rows are optional: the demo's Keap account has their custom fields.
    Kind("company", "credit_limit", "credit_limit", _set("2500.50")),
    Kind("company", "organization_number", "organization_number", _set("556016-0680")),
    Kind("company", "active", "active", _set(value=False)),
    Kind("opportunity", "total_amount", "total_amount", _set("1234.50")),
    Kind("opportunity", "paid", "paid", _set(value=True)),
    Kind("contact", "last_name", "last_name", _set("O'Hara-Müller")),
    Kind("contact", "email_3", "email_3", _set("third@example.com")),
    Kind("contact", "phone_other", "phone_other", _set("+1 212-555-0133")),
    Kind("contact", "birth_date", "birth_date", _set("2000-01-01")),
    Kind("contact", "customer_id", "customer_id", lambda _, other: other.erp.id, to="company"),
    Kind("contact", "job_title", "job_title", _set(None), given=_has("job_title")),
    Kind("opportunity", "status", "status", _set("lost")),
    Kind("opportunity", "expected_date", "expected_date", _set("2028-02-29")),
    Kind("opportunity", "amount_estimate", "amount_estimate", _set("98765.40")),
    Kind("opportunity", "contact_id", "contact_id", lambda _, other: other.erp.id, to="contact"),
    Kind("opportunity", "notes", "notes", _set("Edited in the ERP.")),
    Kind("product", "unit_price", "unit_price", _set("99.95")),
    Kind("product", "taxable", "taxable", lambda record, _: not record["taxable"]),
    Kind("product", "name", "name", lambda record, _: f"{record['name'].strip()} II"),
)


class Editor:
    """Makes edits on pairs that no other edit touches, and looks at once what its side shows of them."""

    def __init__(self, links: Links, reader: Reader, seed: int) -> None:
        self._reader = reader
        self._random = Random(seed)
        self._targets: dict[Flow, list[Link]] = {}
        self._free: dict[Flow, Iterator[Link]] = {}
        for flow in FLOWS:
            linked = links.chosen(flow, "linked")
            self._random.shuffle(linked)
            kept = len(linked) // 4  # what references are pointed to is not edited itself
            self._targets[flow], self._free[flow] = linked[:kept], iter(linked[kept:])

    def make(self, server: Server, kinds: Iterable[Kind]) -> list[Edit]:
        """Make each kind of edit once; one that no pair is left for is passed over."""
        return [edit for kind in kinds if (edit := self._edit(server, kind))]

    def _edit(self, server: Server, kind: Kind) -> Edit | None:
        for link in self._free[kind.flow]:
            record_id = link.side(server.side).id or ""
            record = server.get(kind.flow, record_id)
            if not kind.given(record):
                continue
            other = self._random.choice(self._targets[kind.to] or [link]) if kind.to else link
            server.patch(kind.flow, record_id, {kind.property: kind.new(record, other)})
            return Edit(server.side, link, kind.row, self._reader.record(kind.flow, server.side, record_id)[kind.row])
        return None
