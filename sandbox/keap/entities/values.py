"""The value objects inside companies and contacts: addresses, e-mails, phones, faxes, custom fields (SPEC, 2.3).

Limits are those of the vendor's table reference. `region` needs `country_code`; codes are ISO 3166-1 alpha-3 and 3166-2.
"""

from typing import Any

from sandbox.keap.checks import Check, anything, boolean, date, instant, number, part, text
from sandbox.keap.checks import integer as whole_number
from sandbox.keap.errors import Refused
from sandbox.keap.slots import slots
from sandbox.keap.storage import Row

Document = dict[str, Any]

# What addresses hold back to clients that sent a code alone is undocumented: nothing is derived here.
ADDRESS_PROPERTIES = (
    "line1", "line2", "locality", "region", "region_code", "country", "country_code", "postal_code", "zip_code", "zip_four",
)  # fmt: skip


def address(line: int = 75, locality: int = 50, postal: int = 15) -> Check:
    """An Address; billing addresses have the default limits, the others wider ones."""
    properties = part({
        "line1": text(line), "line2": text(line), "locality": text(locality),
        "region": text(50), "region_code": text(6, r"[A-Z]{2}-[A-Z0-9]{1,3}"),
        "country": text(60), "country_code": text(3, r"[A-Z]{3}"),
        "postal_code": text(postal), "zip_code": text(postal), "zip_four": text(4, r"\d{4}"),
    })  # fmt: skip

    def check(value: Any) -> Document | None:
        taken: Document | None = properties(value)
        if taken and "region" in taken and "country_code" not in taken:
            raise Refused("country_code is required if region is specified")
        if taken and "zip_four" in taken and "zip_code" not in taken:
            raise Refused("zip_four is only allowed with zip_code")
        return taken

    return check


def email(limit: int) -> Check:
    """An EmailAddressRequest, its slot apart."""
    return part({"email": text(limit), "opt_in_reason": text(255)})


def phone(limit: int) -> Check:
    """A PhoneNumber, its slot apart."""
    return part({"number": text(limit), "extension": text(10), "type": text(40), "number_e164": text(20)})


FAX = part({"number": text(40), "type": text(40)})

ADDRESSES = slots({"BILLING": address(), "SHIPPING": address(100, 100, 20), "OTHER": address(100, 100, 20)})
EMAILS = slots({"EMAIL1": email(75), "EMAIL2": email(100), "EMAIL3": email(100)})
PHONES = slots({"PHONE1": phone(40), "PHONE2": phone(40), "PHONE3": phone(40), "PHONE4": phone(20), "PHONE5": phone(20)})
FAXES = slots({"FAX1": FAX, "FAX2": FAX})


def show_part(item: Document | None, names: tuple[str, ...]) -> Document | None:
    """Show a value object with all of its properties, null where unset."""
    return item and {name: item.get(name) for name in names}


def show_address(item: Document | None) -> Document | None:
    """Show an address."""
    return show_part(item, ADDRESS_PROPERTIES)


def show_phone(item: Document | None) -> Document | None:
    """Show a phone number."""
    return show_part(item, ("number", "extension", "type", "number_e164"))


def show_email(item: Document | None, row: Row) -> Document | None:
    """Show an e-mail address with its consent, which belongs to the address and outlives its place in a list."""
    if not item or "email" not in item:
        return None
    reason = row.document.get("opt_ins", {}).get(item["email"].lower())
    return {
        "email": item["email"],
        "opt_in_reason": reason,
        "is_opt_in": reason is not None,
        "email_opt_status": "SINGLE_OPT_IN" if reason else "NON_MARKETABLE",
    }


def keep_opt_ins(document: Document, emails: list[Document | None]) -> Document:
    """Move the reasons given with `emails` to the document's own record of consents."""
    given = {item["email"].lower(): item["opt_in_reason"] for item in emails if item and "opt_in_reason" in item}
    return {**document, "opt_ins": {**document.get("opt_ins", {}), **given}} if given else document


# Any other field type takes any value: nobody wrote down what they refuse.
_CONTENT: dict[str, Check] = {
    "TEXT": text(65535), "TEXT_AREA": text(65535), "WHOLE_NUMBER": whole_number(), "DECIMAL_NUMBER": number,
    "CURRENCY": number, "PERCENT": number, "YES_NO": boolean, "DATE": date, "DATE_TIME": instant,
}  # fmt: skip


def content(field_type: str) -> Check:
    """Find the check of a custom field's content."""
    return _CONTENT.get(field_type, anything)


def custom_values(value: Any) -> Document | None:
    """Take CustomFieldValue[]; kept by the field's id. Contents are checked against the model later."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise Refused("must be a list")
    kept = {}
    for item in value:
        if not isinstance(item, dict) or set(item) - {"id", "content"} or not isinstance(item.get("id"), str):
            raise Refused("must be a list of {id: string, content}")
        kept[item["id"]] = item.get("content")
    return {field_id: given for field_id, given in kept.items() if given not in (None, "")} or None
