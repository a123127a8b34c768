"""Pairs that an operator parts and joins again."""

from __future__ import annotations

from tests.sync.desk import PERSON, Desk, pair


def test_a_pair_parted_before_an_edit_arrived_carries_it_when_joined_again() -> None:
    """Each half says what its own record shows, not what the pair had agreed on."""
    desk = Desk()
    link = pair(desk)
    (write,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    desk.answer(write, "rejected", id=None, record=None, error="422 no")
    assert desk.ask("unlink", link=link.id) == []
    desk.ask("link", a="keap/contact/k1", b="erp/contact/e1")
    (again,) = desk.ask("retry", link=link.id)
    assert (again.side, again.fields) == ("erp", {"job_title": "Countess"})
