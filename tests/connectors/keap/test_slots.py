"""Lists by slot, whatever the server put into them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.keap.names import Names
from connectors.keap.shapes import EMAIL, PHONE
from connectors.keap.slots import Slots

PHONES = Slots("phones", ("A", "B"), PHONE, {"B": {"type": "Mobile"}})
NUMBERS = st.sampled_from([None, "1", "2"])
LISTS = st.lists(
    st.fixed_dictionaries(
        {"field": st.sampled_from("ABCDE"), "number": NUMBERS, "number_e164": st.just("+1")},
        optional={"type": st.sampled_from(["Work", None]), "extension": st.sampled_from(["9", ""])},
    ),
    unique_by=lambda item: item["field"],
)
CHANGES = st.dictionaries(st.sampled_from(["phones.A.number", "phones.B.number"]), NUMBERS, min_size=1)


@given(LISTS, CHANGES)
def test_what_is_written_is_what_is_read_back(items: list[dict[str, Any]], changes: dict[str, Any]):
    """Changed slots show the new value, ours that did not change the old one."""
    before = {"phones": items}
    after = PHONES.write(changes, before, Names())
    assert PHONES.read(after, Names()) == {**PHONES.read(before, Names()), **changes}


@given(LISTS, CHANGES)
def test_slots_that_are_not_ours_stay(items: list[dict[str, Any]], changes: dict[str, Any]):
    """With every attribute that can be written and none that cannot."""
    sent = {item["field"]: item for item in PHONES.write(changes, {"phones": items}, Names())["phones"]}
    for item in items:
        if item["field"] in "CDE" and item["number"]:
            kept = {name: value for name, value in item.items() if value and name != "number_e164"}
            assert sent[item["field"]] == kept


def test_a_new_slot_gets_its_usual_type():
    """The second phone is a mobile unless somebody said otherwise."""
    assert PHONES.write({"phones.B.number": "2"}, {}, Names()) == {"phones": [{"number": "2", "field": "B", "type": "Mobile"}]}
    old = {"phones": [{"field": "B", "number": "1", "type": "Fax"}]}
    assert PHONES.write({"phones.B.number": "2"}, old, Names()) == {"phones": [{"number": "2", "field": "B", "type": "Fax"}]}


def test_an_item_without_a_slot_is_kept():
    """A server may list one; it is not ours to drop."""
    emails = Slots("emails", ("EMAIL1",), EMAIL)
    before = {"emails": [{"email": "x@example.com"}]}
    assert emails.write({"emails.EMAIL1.email": "a@example.com"}, before, Names()) == {
        "emails": [{"email": "x@example.com"}, {"email": "a@example.com", "field": "EMAIL1"}]
    }


def test_consent_is_never_sent_back():
    """`opt_in_reason` would change marketability, the others are read only."""
    shown = {"email": "a@example.com", "opt_in_reason": "Form", "is_opt_in": True, "email_opt_status": "SINGLE_OPT_IN"}
    assert EMAIL.merge(shown, {}) == {"email": "a@example.com"}
