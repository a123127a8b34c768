"""Companies (SPEC, 2.1): a row of Keap's Contact table, hence one id space with contacts and a person's properties.

Lists and single reads leave out contact points, notes, times and custom fields unless `fields=` names them.
"""

from typing import Any

from sandbox.keap import filters
from sandbox.keap.checks import Check, date, reference, text
from sandbox.keap.entities import values
from sandbox.keap.entities.customs import CUSTOM_FIELDS
from sandbox.keap.entities.spec import RECORD_ID, Document, Entity, Property, Reader, Reading, constant, created, shown, updated, written
from sandbox.keap.storage import Row

_EMAIL = "document ->> '$.email_address.email'"
_NAME = "document ->> '$.company_name'"


def _person(limits: dict[str, int]) -> dict[str, Property]:
    return {name: written(name, text(limit)) for name, limit in limits.items()}


def _single(slot: str, check: Check, show: Reader) -> Property:
    """A company has one slot of each kind; an item may name it."""

    def unslotted(value: Any) -> Any:
        if isinstance(value, dict) and value.get("field") == slot:
            value = {key: given for key, given in value.items() if key != "field"}
        return check(value)

    return Property(unslotted, unslotted, show, optional=True)


def _show_address(row: Row, _: Reading) -> Document | None:
    return values.show_address(row.document.get("address"))


def _show_email(row: Row, _: Reading) -> Document | None:
    return values.show_email(row.document.get("email_address"), row)


def _show_phone(row: Row, _: Reading) -> Document | None:
    return values.show_phone(row.document.get("phone_number"))


def _settle(document: Document) -> Document:
    return values.keep_opt_ins(document, [document.get("email_address")])


COMPANY = Entity(
    kind="Company",
    plural="companies",
    path="companies",
    id_space="contact",
    properties={
        "id": RECORD_ID,
        "company_name": written("company_name", text(255), required=True),
        "address": _single("BILLING", values.address(), _show_address),
        "email_address": _single("EMAIL1", values.email(75), _show_email),
        "phone_number": _single("PHONE1", values.phone(40), _show_phone),
        "fax_number": _single("FAX1", values.FAX, lambda row, _: row.document.get("fax_number")),
        "website": written("website", text(255), unset=""),
        "notes": written("notes", text(65535), optional=True),
        "custom_fields": CUSTOM_FIELDS,
        "owner_id": written("owner_id", reference),
        "anniversary_date": written("anniversary_date", date),
        "birth_date": written("birth_date", date),
        **_person({
            "first_name": 40, "middle_name": 100, "last_name": 40, "preferred_name": 100, "suffix": 100, "title": 100,
            "job_title": 255, "spouse_name": 100, "contact_type": 100, "referral_code": 100, "assistant_name": 20,
            "assistant_phone": 15, "billing_information": 100,
        }),
        "groups": constant(""),
        "account_id": constant(None),
        "create_time": created(optional=True),
        "update_time": updated(optional=True),
        "created_by": shown(lambda row, _: row.created_by),
        "last_updated_by": shown(lambda row, _: row.updated_by),
    },
    only_selected=True,
    filters={
        "company_name": filters.exact(_NAME),
        "name": filters.prefix(_NAME),
        "email": filters.exact(_EMAIL),
        "company_id": filters.compared("id"),
        "since_time": filters.since,
        "until_time": filters.until,
    },
    orders={
        "id": "id", "create_time": "created_s", "name": f"lower({_NAME})", "email": f"lower(ifnull({_EMAIL}, ''))",
    },
    indexed=(_NAME, _EMAIL),
    references={"owner_id": "users"},
    idle_masks=frozenset({"id", "groups", "update_time", "create_time", "account_id", "created_by", "last_updated_by"}),
    settle=_settle,
    owner="owner_id",
    custom_fields=True,
)  # fmt: skip
