"""`POST /contacts?duplicate_option=`: update the contact that is already there instead of adding another.

Which of several matches wins is undocumented; here the oldest does.
"""

from sandbox.keap.entities.contact import EMAIL_SLOTS
from sandbox.keap.entities.spec import Document
from sandbox.keap.errors import bad_request
from sandbox.keap.storage import Row, View

_ALSO = {
    "Email": (),
    "EmailAndName": ("given_name", "family_name"),
    "EmailAndNameAndCompany": ("given_name", "family_name", "company"),
}


def find_duplicate(option: str, document: Document, view: View) -> Row | None:
    """Find the contact that shares the new one's EMAIL1 in any slot, and what else the option names."""
    if option not in _ALSO:
        raise bad_request(f"duplicate_option must be one of {', '.join(_ALSO)}", "duplicate_option")
    email = document.get("email_addresses", {}).get("EMAIL1", {}).get("email")
    if email is None:
        return None
    where = " OR ".join(f"{slot} = ? COLLATE NOCASE" for slot in EMAIL_SLOTS)
    for row in view.select("contacts", f"({where})", (email,) * len(EMAIL_SLOTS), "ORDER BY id"):
        if all(_same(row.document, document, name) for name in _ALSO[option]):
            return row
    return None


def _same(one: Document, other: Document, name: str) -> bool:
    return str(one.get(name, "")).casefold() == str(other.get(name, "")).casefold()
