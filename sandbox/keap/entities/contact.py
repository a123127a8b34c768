"""Contacts (SPEC, 2.2): lists by slot, a link to a company, and next to nothing shown unless `fields=` asks for it."""

from typing import Any

from sandbox.keap import filters
from sandbox.keap.checks import Check, anything, date, part, reference, text
from sandbox.keap.entities import values
from sandbox.keap.entities.customs import CUSTOM_FIELDS
from sandbox.keap.entities.spec import (
    MISSING,
    RECORD_ID,
    Document,
    Entity,
    Property,
    Reading,
    constant,
    created,
    shown,
    updated,
    written,
)
from sandbox.keap.entities.zones import zone
from sandbox.keap.errors import Refused
from sandbox.keap.slots import listed, slots
from sandbox.keap.storage import Row

EMAIL_SLOTS = tuple(f"document ->> '$.email_addresses.EMAIL{number}.email'" for number in (1, 2, 3))
_COMPANY = "document ->> '$.company'"
_SOCIAL = ("FACEBOOK", "LINKED_IN", "TWITTER", "INSTAGRAM", "SNAPCHAT", "YOUTUBE", "PINTEREST")
_ADDRESS_FILTERS = ("line1", "locality", "region", "postal_code", "country_code")


def _company(value: Any) -> str | None:
    """BasicCompany; null, an empty id and an empty object all unlink (undocumented: the lenient reading)."""
    taken = part({"id": reference, "company_name": text(255)})(value) or {}
    if "company_name" in taken and "id" not in taken:
        raise Refused("needs an id")
    return taken.get("id")


def _show_company(row: Row, reading: Reading) -> Any:
    company = reading.view.get("companies", row.document.get("company", ""))
    # Unlinked, or the company was deleted: the property is left out, not null.
    return {"id": str(company.id), "company_name": company.document["company_name"]} if company else MISSING


def _show_emails(row: Row, _: Reading) -> list[Document]:
    kept = row.document.get("email_addresses", {})
    return listed({slot: shown for slot, item in kept.items() if (shown := values.show_email(item, row))})


def _show_addresses(row: Row, _: Reading) -> list[Document]:
    return listed({slot: values.show_address(item) for slot, item in row.document.get("addresses", {}).items()})


def _show_phones(row: Row, _: Reading) -> list[Document]:
    return listed({slot: values.show_phone(item) for slot, item in row.document.get("phone_numbers", {}).items()})


def _slotted(name: str, check: Check, key: str = "field") -> Property:
    return Property(check, check, lambda row, _: listed(row.document.get(name), key), optional=True)


def _verify(document: Document) -> None:
    if not document.keys() & {"email_addresses", "phone_numbers", "addresses"}:
        raise Refused("Contact must contain an e-mail address, a phone number or an address")


def _settle(document: Document) -> Document:
    return values.keep_opt_ins(document, list(document.get("email_addresses", {}).values()))


def _texts(limits: dict[str, int]) -> dict[str, Property]:
    return {name: written(name, text(limit), optional=True) for name, limit in limits.items()}


CONTACT = Entity(
    kind="Contact",
    plural="contacts",
    path="contacts",
    id_space="contact",
    properties={
        "id": RECORD_ID,
        "given_name": written("given_name", text(40), unset=""),
        "family_name": written("family_name", text(40), unset=""),
        "company": Property(_company, _company, _show_company, optional=True),
        "email_addresses": Property(values.EMAILS, values.EMAILS, _show_emails, optional=True),
        "phone_numbers": Property(values.PHONES, values.PHONES, _show_phones, optional=True),
        "addresses": Property(values.ADDRESSES, values.ADDRESSES, _show_addresses, optional=True),
        "fax_numbers": _slotted("fax_numbers", values.FAXES),
        "social_accounts": _slotted("social_accounts", slots(dict.fromkeys(_SOCIAL, part({"name": text(255)})), "type"), "type"),
        "custom_fields": CUSTOM_FIELDS,
        "origin": written("origin", part({"ip_address": text(45)}), unset=MISSING, optional=True),
        "birth_date": written("birth_date", date, optional=True),
        "anniversary_date": written("anniversary_date", date, optional=True),
        "owner_id": written("owner_id", reference, optional=True),
        "leadsource_id": written("leadsource_id", reference, optional=True),
        "time_zone": written("time_zone", zone, optional=True),
        "utm_parameters": written("utm_parameters", anything, optional=True),
        **_texts({
            "middle_name": 100, "preferred_name": 100, "prefix": 100, "suffix": 100, "spouse_name": 100, "job_title": 255,
            "website": 100, "contact_type": 100, "preferred_locale": 20, "referral_code": 100,
            "source_type": 100, "assistant_name": 20, "assistant_phone": 15, "billing_information": 100,
        }),
        "links": constant([], optional=True),
        "tag_ids": constant([], optional=True),
        "groups": constant("", optional=True),
        "score_value": constant(None, optional=True),
        "account_id": constant(None, optional=True),
        "create_time": created(optional=True),
        "update_time": updated(optional=True),
        "created_by": shown(lambda row, _: row.created_by, optional=True),
        "last_updated_by": shown(lambda row, _: row.updated_by, optional=True),
    },
    only_selected=True,
    filters={
        "email": filters.prefix(*EMAIL_SLOTS),
        "given_name": filters.prefix("document ->> '$.given_name'"),
        "family_name": filters.prefix("document ->> '$.family_name'"),
        "middle_name": filters.prefix("document ->> '$.middle_name'"),
        "website": filters.prefix("document ->> '$.website'"),
        "company_id": filters.identifier(_COMPANY),
        "contact_id": filters.compared("id"),
        "contact_ids": filters.id_set(),
        "ids": filters.id_set(),
        "start_update_time": filters.since,
        "end_update_time": filters.until,
        **{
            f"{slot.lower()}_address_{name}": filters.exact(f"document ->> '$.addresses.{slot}.{name}'")
            for slot in ("BILLING", "SHIPPING", "OTHER")
            for name in _ADDRESS_FILTERS
        },
    },
    orders={
        "id": "id", "create_time": "created_s", "update_time": "updated_s", "email": f"lower(ifnull({EMAIL_SLOTS[0]}, ''))",
    },
    indexed=(*EMAIL_SLOTS, _COMPANY),
    references={"company": "companies", "owner_id": "users"},
    idle_fields=frozenset({"notes"}),
    idle_masks=frozenset({
        "id", "links", "groups", "update_time", "create_time", "score_value", "tag_ids", "account_id", "created_by",
        "last_updated_by", "notes",
    }),
    verify=_verify,
    settle=_settle,
    owner="owner_id",
    custom_fields=True,
)  # fmt: skip
