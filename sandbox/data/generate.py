"""The generator: any number of contacts a side, the rest in proportion.

The rules of matching can find every true pair: by an e-mail address or an article number that is unique; without an e-mail address, by
a name that is, at a company that is on both sides. Opportunities are in Keap only, their orders being made by the sync; the ERP has a
few orders of its own, which have no twin and must stay as they are.
"""

from __future__ import annotations

from typing import Final

from sandbox.data.noise import recased, respelled
from sandbox.data.people import Inventor
from sandbox.data.placement import Placement, placements
from sandbox.data.seeds import Document, Seeds, Spot, reference
from sandbox.data.spelling import STAGES, company_in_keap, contact_in_keap, known, product_in_keap

SMALL: Final = 1000
"""Contacts a side of the size called `small`; with them 200 companies, 300 opportunities and 150 products."""
AT_A_COMPANY: Final = 0.8
WITHOUT_EMAIL: Final = 0.1
FORGOTTEN: Final = 0.1
"""Share of the properties that one side of a pair does not know."""
KEY_PROPERTIES: Final = frozenset({"name", "sku", "unit_price", "first_name", "last_name", "email", "phone"})


def generate(contacts: int = SMALL, seed: int = 1) -> Seeds:
    """Return the seeds of both servers and the truth, the same for the same arguments."""
    inventor, seeds = Inventor(seed), Seeds()
    companies = _add_companies(inventor, seeds, max(1, contacts // 5))
    people = _add_contacts(inventor, seeds, contacts, companies)
    _add_opportunities(inventor, seeds, contacts * 3 // 10, people)
    _add_products(inventor, seeds, contacts * 15 // 100)
    return seeds


def _add_companies(inventor: Inventor, seeds: Seeds, count: int) -> list[Spot]:
    """Add companies and return where they are, those without ambiguity."""
    spots = []
    for placement in placements(count, inventor.random):
        customer = inventor.customer()
        keap = company_in_keap(_retyped(customer, inventor) if placement is Placement.BOTH else customer)
        spots += _placed(seeds, "company", placement, keap, known(**customer))
    return spots


def _add_contacts(inventor: Inventor, seeds: Seeds, count: int, companies: list[Spot]) -> list[Spot]:
    """Add contacts, most of them at a company that at least one of their sides has; return where they are."""
    spots = []
    for placement in placements(count, inventor.random):
        has_email = placement is Placement.TWICE or not inventor.chance(WITHOUT_EMAIL)
        contact = inventor.contact(email=has_email)
        company = Spot()
        if not has_email or inventor.chance(AT_A_COMPANY):
            company = inventor.random.choice([spot for spot in companies if _fits(spot, placement, both=not has_email)] or [Spot()])
        keap = contact_in_keap(_retyped(contact, inventor) if placement is Placement.BOTH else contact)
        if company.keap is not None:
            keap["company"] = {"id": reference("keap", "company", company.keap)}
        customer = reference("erp", "company", company.erp)
        spots += _placed(seeds, "contact", placement, keap, known(**contact, customer_id=customer))
    return spots


def _add_opportunities(inventor: Inventor, seeds: Seeds, count: int, people: list[Spot]) -> None:
    """Add opportunities of contacts in Keap, and one in ten as many orders of ERP contacts that know no opportunity."""
    keap = [spot.keap for spot in people if spot.keap is not None]
    for _ in range(count if keap else 0):
        order = inventor.order()
        seeds.add("opportunity", keap=_opportunity(order, reference("keap", "contact", inventor.random.choice(keap))))
    for spot in [spot for spot in people if spot.keap is None][: count // 10]:
        contact = seeds.erp["contacts"][spot.erp or 0]
        customer = contact.get("customer_id")
        contact_id = reference("erp", "contact", spot.erp)
        seeds.add("opportunity", erp=known(**inventor.order(), contact_id=contact_id, customer_id=customer))


def _opportunity(order: Document, contact: Document | None) -> Document:
    """Write an order as a Keap opportunity; `stage` is a name, for whoever seeds to look up."""
    expected = order["expected_date"]
    return known(
        opportunity_title=order["title"],
        contact_id=contact,
        stage=STAGES[order["status"]],
        estimated_close_time=f"{expected}T12:00:00Z" if expected else None,
        projected_revenue_high=float(order["amount_estimate"]),
        projected_revenue_low=float(order["amount_estimate_low"]) if order["amount_estimate_low"] else None,
        opportunity_notes=order["notes"],
        include_in_forecast=order["include_in_forecast"],
    )


def _add_products(inventor: Inventor, seeds: Seeds, count: int) -> None:
    for placement in placements(count, inventor.random):
        product = inventor.product()
        keap = product_in_keap(_retyped(product, inventor) if placement is Placement.BOTH else product)
        _placed(seeds, "product", placement, keap, known(**product))


def _placed(seeds: Seeds, flow: str, placement: Placement, keap: Document, erp: Document) -> list[Spot]:
    """Add a thing where it belongs; returns its spot, or nothing for one that nobody can tell."""
    if placement is Placement.TWICE:
        seeds.add_ambiguous(flow, keap=[keap, dict(keap)], erp=[erp])
        return []
    in_keap = keap if placement is not Placement.ERP else None
    in_erp = erp if placement is not Placement.KEAP else None
    return [seeds.add(flow, keap=in_keap, erp=in_erp)]


def _fits(company: Spot, placement: Placement, *, both: bool) -> bool:
    """Tell whether a contact of this placement can be at a company: it has to be on one of the contact's sides, or on both."""
    on_keap, on_erp = company.keap is not None, company.erp is not None
    if both:
        return on_keap and on_erp
    return (on_keap and placement is not Placement.ERP) or (on_erp and placement is not Placement.KEAP)


def _retyped(thing: Document, inventor: Inventor) -> Document:
    """Return the thing as the other system's people typed it: respelled where it is matched, with gaps elsewhere."""
    copy = {name: value for name, value in thing.items() if name in KEY_PROPERTIES or not inventor.chance(FORGOTTEN)}
    for name in ("name", "first_name", "last_name", "sku"):
        if copy.get(name):
            copy[name] = respelled(copy[name], inventor.random)
    if copy.get("email"):
        copy["email"] = recased(copy["email"], inventor.random)
    if copy.get("phone") and inventor.chance(0.5):
        copy["phone"] = national(copy["phone"])
    return copy


def national(phone: str) -> str:
    """Write "+1 212-555-0123" as people there do: "(212) 555-0123"."""
    area, exchange, line = phone.removeprefix("+1 ").split("-")
    return f"({area}) {exchange}-{line}"
