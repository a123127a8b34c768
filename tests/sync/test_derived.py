"""What a create has from other records: an order's customer is its contact's, and the ERP holds it against that."""

from __future__ import annotations

from schemas.flows import Fields
from schemas.records import Command
from tests.sync.desk import NOW, PERSON, TWIN, Desk

DEAL: Fields = {"opportunity_title": "Deal", "contact.id": "k1", "stage.name": "Won"}


def customers(desk: Desk) -> None:
    """Let there be two customers, linked, and a contact of the first one."""
    for number, name in ((7, "Acme"), (8, "Bolt")):
        desk.show("keap", "company", f"k{number}", {"company_name": name})
        desk.show("erp", "company", f"c{number}", {"name": name})
    desk.show("keap", "contact", "k1", PERSON | {"company.id": "k7"})
    desk.show("erp", "contact", "e1", TWIN | {"customer_id": "c7"})
    assert desk.marks() == []


def refused(desk: Desk) -> Command:
    """Let an order be refused: in the ERP its contact has moved, which nobody has seen."""
    (create,) = desk.show("keap", "opportunity", "k20", DEAL, at=20_000)
    assert create.fields["customer_id"] == "c7"
    assert desk.answer(create, "rejected", id=None, record=None, error="422 the contact's customer is 'c8'") == []
    assert desk.link("k20").erp.blocked
    return create


def test_an_order_that_was_refused_is_made_once_its_contacts_move_is_known() -> None:
    """Nobody has to touch it: what refused it was another record."""
    desk = Desk()
    customers(desk)
    refused(desk)
    commands = desk.show("erp", "contact", "e1", TWIN | {"customer_id": "c8"}, at=30_000)
    (again,) = [command for command in commands if command.op == "create"]
    assert (again.entity, again.fields["customer_id"]) == ("order", "c8")
    assert desk.link("k20").erp.blocked is None


def test_an_order_that_was_refused_is_tried_again_when_its_contact_was_edited() -> None:
    """It may have moved and come back between two readings; a contact that is only shown again tells nothing."""
    desk = Desk()
    customers(desk)
    refused(desk)
    assert desk.show("erp", "contact", "e1", TWIN | {"customer_id": "c7"}, read_at=NOW + 30_000) == []
    commands = desk.show("erp", "contact", "e1", TWIN | {"customer_id": "c7", "job_title": "Countess"}, at=30_000)
    assert [command.entity for command in commands] == ["contact", "order"]


def test_an_order_refused_when_its_contact_had_moved_meanwhile_is_tried_again_at_once() -> None:
    """The move was known before the answer."""
    desk = Desk()
    customers(desk)
    (create,) = desk.show("keap", "opportunity", "k20", DEAL, at=20_000)
    desk.show("erp", "contact", "e1", TWIN | {"customer_id": "c8"}, at=30_000)
    commands = desk.answer(create, "rejected", id=None, record=None, error="422 the contact's customer is 'c8'")
    assert [command.fields["customer_id"] for command in commands if command.op == "create"] == ["c8"]


def test_an_order_does_not_overtake_its_contacts_move() -> None:
    """The contact moved in Keap: until the ERP shows that, an order of the new customer would be refused there."""
    desk = Desk()
    customers(desk)
    (move,) = desk.show("keap", "contact", "k1", PERSON | {"company.id": "k8"}, at=20_000)
    assert move.fields == {"customer_id": "c8"}
    assert desk.show("keap", "opportunity", "k20", DEAL, at=30_000) == []
    assert desk.link("k20").gate == "ref/keap/contact/k1"
    (create,) = desk.answer(move, record=TWIN | {"customer_id": "c8"}, updated_at=NOW + 60_000)
    assert (create.entity, create.fields["customer_id"]) == ("order", "c8")
