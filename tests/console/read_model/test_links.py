"""A link is found by any id that somebody may hold in hand."""

from __future__ import annotations

from console.read_model.links import Links, refs, title, waits_for
from tests.console.samples import link

ANN = link("main", keap="1", erp="co-9", first_name="Ann", last_name="Lee", email=None)
BOB = link("main", keap="9", state="half", first_name="Bob")
DEAL = link("main", flow="opportunity", keap="1", erp="or-1", title="Big deal")
ALL = Links((ANN, BOB, DEAL))


def test_by_its_own_id_and_by_refs():
    """These name exactly one."""
    assert ALL.find(ANN.id) == [ANN]
    assert ALL.find("keap/contact/1") == [ANN]
    assert ALL.find("erp/order/or-1") == [DEAL]


def test_a_bare_record_id_may_mean_several():
    """Contact 1 and opportunity 1 are both 1."""
    assert ALL.find("1") == [ANN, DEAL]
    assert ALL.find("co-9") == [ANN]
    assert ALL.find("nobody") == []


def test_a_former_ref_still_leads_to_the_link():
    """Somebody may hold an old list in hand."""
    moved = link("main", keap="2")
    moved.former = ["keap/contact/77"]
    assert Links((moved,)).find("keap/contact/77") == [moved]


def test_names_are_what_people_call_records():
    """First and last name, title, name."""
    assert title(ANN) == "Ann Lee"
    assert title(DEAL) == "Big deal"
    assert refs(BOB) == {"keap": "keap/contact/9"}


def test_the_list_can_be_narrowed_and_is_in_order():
    """By flow, by state, by name."""
    assert ALL.chosen("contact") == [ANN, BOB]
    assert ALL.chosen(state="half") == [BOB]


def test_a_gate_is_called_by_its_kind():
    """Whose it is shows on the link's own page."""
    waiting = link("main", keap="3", state="half")
    assert waits_for(waiting) is None
    waiting.gate = "ref/keap/company/4"
    assert waits_for(waiting) == "ref"
