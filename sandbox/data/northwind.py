"""Northwind Traders as two systems: the ERP has all of it, Keap two thirds of the customers and products, as other people typed them.

Reads customers.csv, orders.csv, order_details.csv and products.csv as they are published (`NULL` is a missing value). The customers
that Keap has bring their orders as opportunities: title, contact, date, the sum of the lines. There is no e-mail address in it.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import pycountry

from sandbox.data.noise import regrouped, respelled
from sandbox.data.seeds import Document, Seeds, reference
from sandbox.data.spelling import company_in_keap, contact_in_keap, known, product_in_keap

Line = dict[str, str | None]

CENT = Decimal("0.01")
COLUMNS = {
    "customers": ("customerID", "companyName", "contactName", "contactTitle", "address", "city", "region", "postalCode", "country"),
    "orders": ("orderID", "customerID", "orderDate"),
    "order_details": ("orderID", "unitPrice", "quantity", "discount"),
    "products": ("productID", "productName", "quantityPerUnit", "unitPrice", "discontinued"),
}


class DataError(ValueError):
    """A file of the data is not what it should be; the message names it."""


def load_northwind(folder: Path, seed: int = 1) -> Seeds:
    """Return the seeds of both servers and the truth.

    Raises:
        DataError: a file lacks a column.
        OSError: a file is missing.
    """
    random, seeds = Random(seed), Seeds()
    contacts = _add_customers(_lines(folder, "customers"), seeds, random)
    _add_products(_lines(folder, "products"), seeds, random)
    totals = _totals(_lines(folder, "order_details"))
    for order in _lines(folder, "orders"):
        if order["customerID"] in contacts:
            contact = reference("keap", "contact", contacts[order["customerID"]])
            seeds.add("opportunity", keap=_opportunity(order, contact, totals[order["orderID"]]))
    return seeds


def _lines(folder: Path, name: str) -> list[Line]:
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in COLUMNS[name] if column not in (reader.fieldnames or ())]
        if missing:
            raise DataError(f"{path}:1: no column {', '.join(missing)}")
        return [{column: None if value == "NULL" else value for column, value in line.items()} for line in reader]


def _add_customers(lines: list[Line], seeds: Seeds, random: Random) -> dict[str | None, int]:
    """Add customers with their contact persons; returns customer -> place of the contact in Keap, for those Keap has."""
    in_keap: dict[str | None, int] = {}
    for number, line in enumerate(lines):
        customer, contact = _customer(line), _contact(line)
        if _keap_has(number):
            company = seeds.add("company", keap=company_in_keap(_retyped(customer, random)), erp=customer)
            person = contact_in_keap(_retyped(contact, random)) | {"company": {"id": reference("keap", "company", company.keap)}}
        else:
            company, person = seeds.add("company", erp=customer), None
        spot = seeds.add("contact", keap=person, erp=contact | {"customer_id": reference("erp", "company", company.erp)})
        if spot.keap is not None:
            in_keap[line["customerID"]] = spot.keap
    return in_keap


def _add_products(lines: list[Line], seeds: Seeds, random: Random) -> None:
    for number, line in enumerate(lines):
        product = known(
            name=line["productName"],
            sku=line["productID"],
            unit_price=f"{Decimal(line['unitPrice'] or 0):.2f}",
            short_description=line["quantityPerUnit"],
            active=line["discontinued"] == "0",
        )
        # Keap's people never typed article numbers: these pairs are found by their names.
        typed = {name: value for name, value in _retyped(product, random).items() if name != "sku"}
        seeds.add("product", keap=product_in_keap(typed) if _keap_has(number) else None, erp=product)


def _keap_has(number: int) -> bool:
    return number % 3 != 2  # noqa: PLR2004 - two thirds


def _customer(line: Line) -> Document:
    country = pycountry.countries.lookup({"UK": "GB"}.get(line["country"] or "", line["country"])).alpha_2
    code = f"{country}-{line['region']}"
    address = known(
        line1=line["address"],
        city=line["city"],
        region=code if pycountry.subdivisions.get(code=code) else line["region"],
        postal_code=line["postalCode"],
        country=country,
    )
    return known(name=line["companyName"], phone=line.get("phone"), fax=line.get("fax"), billing_address=address)


def _contact(line: Line) -> Document:
    first, _, last = (line["contactName"] or "").partition(" ")
    return known(first_name=first, last_name=last or None, job_title=line["contactTitle"], phone=line.get("phone"))


def _opportunity(order: Line, contact: Document | None, total: Decimal) -> Document:
    day = (order["orderDate"] or "").partition(" ")[0]
    return known(
        opportunity_title=f"Order {order['orderID']}",
        contact_id=contact,
        stage="Won",
        estimated_close_time=f"{day}T12:00:00Z",
        projected_revenue_high=float(total),
    )


def _totals(lines: list[Line]) -> dict[str | None, Decimal]:
    """Sum the lines of each order, to the cent."""
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for line in lines:
        price, quantity, discount = (Decimal(line[name] or 0) for name in ("unitPrice", "quantity", "discount"))
        sums[line["orderID"]] += price * quantity * (1 - discount)
    return defaultdict(Decimal, {order: total.quantize(CENT, ROUND_HALF_UP) for order, total in sums.items()})


def _retyped(thing: Document, random: Random) -> Document:
    """Return the thing as other people typed it: case, spaces, accents, phones in groups of their own."""
    copy = dict(thing)
    for name in ("name", "first_name", "last_name"):
        if copy.get(name):
            copy[name] = respelled(_plain(copy[name], random), random)
    for name in ("phone", "fax"):
        if copy.get(name):
            copy[name] = regrouped(copy[name], random)
    return copy


def _plain(text: str, random: Random) -> str:
    """Leave out the accents, half the times."""
    if random.random() < 0.5:  # noqa: PLR2004
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
