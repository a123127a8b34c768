"""What the four collections hold: property -> kind, nested objects as dictionaries; a kind with `!` cannot be left out.

Kinds: text, number (an amount, written as a JSON number), whole (a moment is one, in seconds since the epoch), flag, day, and the id of a
record of another collection.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

Shape = dict[str, Any]


def _all(kind: str, names: str) -> Shape:
    return dict.fromkeys(names.split(), kind)


_ADDRESS = _all("text", "street street2 town state zip countryCode")
SHAPES: dict[str, Shape] = {
    "parties": {
        "legalName": "text!",
        **_all("text", "email phone phoneExtension fax website notes customerNumber currency salesRep creditRating"),
        "invoiceAddress": _ADDRESS,
        "registration": {"number": "text"},
        "paymentTermsDays": "whole",
        "creditLimit": "number",
        "active": "flag",
    },
    "people": {
        **_all("text", "givenName familyName middleName title suffix nickname jobTitle email email2 email3 phone mobile phoneOther fax"),
        **_all("text", "website language timeZone contactType leadSource salesRep contactNumber"),
        "employer": {"partyId": "parties"},
        "invoiceAddress": _ADDRESS,
        "deliveryAddress": _ADDRESS,
        "birthDate": "day",
        "marketingConsent": "flag",
    },
    "deals": {
        "subject": "text!",
        "personId": "people!",
        "partyId": "parties",
        **_all("text", "status currency notes followUpNote salesRep leadSource customerReference orderNumber invoiceNumber"),
        **_all("number", "value valueLow totalAmount"),
        **_all("day", "expectedDate orderDate"),
        "followUpAt": "whole",
        **_all("flag", "includeInForecast paid"),
    },
    "items": {
        "name": "text!",
        **_all("text", "code currency description shortDescription"),
        **_all("number", "price weight"),
        "stockQuantity": "whole",
        **_all("flag", "active taxable shippable subscriptionOnly"),
    },
}


def faults(collection: str, record: Shape, exists: Any) -> list[str]:
    """Say what is wrong with a whole record; `exists(collection, id)` tells whether a reference leads anywhere."""
    return list(_faults(SHAPES[collection], record, "", exists))


def merged(record: Shape, changes: Shape) -> Shape:
    """Lay changes over a record; null takes away, nested objects are merged."""
    result = dict(record)
    for name, value in changes.items():
        result[name] = merged(record.get(name) or {}, value) if isinstance(value, dict) else value
    return {name: value for name, value in result.items() if value not in (None, "", {})}


def _faults(shape: Shape, record: Shape, prefix: str, exists: Any) -> Any:
    yield from (f"{prefix}{name} is no property here" for name in record if name not in shape)
    for name, kind in shape.items():
        value = record.get(name)
        if isinstance(kind, dict):
            yield from _faults(kind, value or {}, f"{prefix}{name}.", exists)
        elif value is None and kind.endswith("!"):
            yield f"{prefix}{name} is missing"
        elif value is not None and not _is(kind.rstrip("!"), value, exists):
            yield f"{prefix}{name} is not right: {value!r} should be {kind.rstrip('!')}"


def _is(kind: str, value: Any, exists: Any) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "flag":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "day":
            return isinstance(value, str) and _parses(value)
    return isinstance(value, int) and exists(kind, value)


def _parses(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
