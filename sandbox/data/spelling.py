"""One thing, written as each system writes it: things are made as the ERP spells them, and respelled for Keap here.

A value that is None is left out: neither system is told about it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pycountry

from sandbox.data.seeds import Document

STAGES = {"new": "New Opportunity", "open": "Qualifying", "quoted": "Proposal", "won": "Won", "lost": "Lost"}
"""ERP status -> the stage of the sandbox's tenant."""


def company_in_keap(customer: Document) -> Document:
    """Write an ERP customer as a Keap company."""
    return known(
        company_name=customer["name"],
        email_address=part(email=customer.get("email")),
        phone_number=part(number=customer.get("phone"), extension=customer.get("phone_extension")),
        fax_number=part(number=customer.get("fax")),
        website=customer.get("website"),
        address=address_in_keap(customer.get("billing_address")),
        notes=customer.get("notes"),
    )


def contact_in_keap(contact: Document) -> Document:
    """Write an ERP contact as a Keap contact; the link to its company is the caller's."""
    phones = (("PHONE1", "phone", "Work"), ("PHONE2", "mobile", "Mobile"), ("PHONE3", "phone_other", "Other"))
    emails = (("EMAIL1", "email"), ("EMAIL2", "email_2"), ("EMAIL3", "email_3"))
    addresses = (("BILLING", "billing_address"), ("SHIPPING", "shipping_address"))
    language = contact.get("language")
    return known(
        given_name=contact.get("first_name"),
        family_name=contact.get("last_name"),
        middle_name=contact.get("middle_name"),
        prefix=contact.get("title"),
        suffix=contact.get("suffix"),
        preferred_name=contact.get("nickname"),
        job_title=contact.get("job_title"),
        email_addresses=[{"field": slot, "email": contact[name]} for slot, name in emails if contact.get(name)],
        phone_numbers=[{"field": slot, "number": contact[name], "type": kind} for slot, name, kind in phones if contact.get(name)],
        fax_numbers=[{"field": "FAX1", "number": contact["fax"]}] if contact.get("fax") else None,
        addresses=[{"field": slot, **address} for slot, name in addresses if (address := address_in_keap(contact.get(name)))],
        birth_date=contact.get("birth_date"),
        website=contact.get("website"),
        preferred_locale=language and language.replace("-", "_"),
        time_zone=contact.get("time_zone"),
    )


def product_in_keap(product: Document) -> Document:
    """Write an ERP product as a Keap product: its price in cents, its short description required."""
    return known(
        name=product["name"],
        sku=product.get("sku"),
        price=int(Decimal(product["unit_price"]) * 100),
        description=product.get("description"),
        short_description=product.get("short_description") or product["name"],
        active=product.get("active"),
        taxable=product.get("taxable"),
        weight=float(product["weight"]) if product.get("weight") else None,
        shippable=product.get("shippable"),
        subscription_only=product.get("subscription_only"),
    )


def address_in_keap(address: Document | None) -> Document | None:
    """Write an address: alpha-3 countries, a region's code or, where it has none, its name."""
    if not address:
        return None
    region, country = address.get("region"), address.get("country")
    coded = region is not None and pycountry.subdivisions.get(code=region) is not None
    return part(
        line1=address.get("line1"),
        line2=address.get("line2"),
        locality=address.get("city"),
        region_code=region if coded else None,
        region=None if coded else region,
        postal_code=address.get("postal_code"),
        country_code=pycountry.countries.get(alpha_2=country).alpha_3 if country else None,
    )


def known(**values: Any) -> Document:
    """Return the values that there are."""
    return {name: value for name, value in values.items() if value is not None and value != []}


def part(**values: Any) -> Document | None:
    """Return a nested object of the values that there are, None when there are none."""
    return known(**values) or None
