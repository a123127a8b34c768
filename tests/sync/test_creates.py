"""Creates: their gates, their slots, and the records they meet."""

from __future__ import annotations

from schemas.flows import Fields
from streams.sync import pages
from streams.sync.turn import Turn
from tests.sync.desk import PERSON, TWIN, Desk, context

DEAL: Fields = {"opportunity_title": "Big", "contact.id": "k1", "stage.name": "Won", "created_time": "2026-03-01T09:00:00Z"}


def test_a_record_without_a_twin_gets_one_with_the_link_as_stamp() -> None:
    """The create carries every agreed field and the id of its link."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (command,) = desk.marks()
    assert (command.op, command.side, command.stamp) == ("create", "erp", desk.link("k1").id)
    assert command.fields == {"first_name": "Ada", "last_name": "Byron", "email": "ada@x.example"}
    desk.answer(command)
    assert desk.link("k1").erp.id == "new1"
    assert desk.link("k1").state == "linked"


def test_an_order_waits_for_its_contact_and_takes_the_contacts_customer() -> None:
    """Company, contact and opportunity are created one after the other; nothing else waits."""
    desk = Desk()
    desk.show("keap", "opportunity", "k5", DEAL)
    desk.show("keap", "contact", "k1", PERSON | {"company.id": "k9"})
    desk.show("keap", "company", "k9", {"company_name": "Acme"})
    (company,) = desk.marks()
    assert desk.link("k5").gate == "ref/keap/contact/k1"
    (contact,) = desk.answer(company, id="e9")
    assert contact.fields["customer_id"] == "e9"
    (order,) = desk.answer(contact, id="e1")
    assert (order.fields["contact_id"], order.fields["customer_id"], order.fields["status"]) == ("e1", "e9", "won")
    assert order.fields["order_date"] == "2026-03-01"


def test_a_contact_whose_company_is_in_review_goes_without_it_and_gets_it_later() -> None:
    """An optional reference is left out until it is there; only that field waits."""
    desk = Desk()
    for record in ("k8", "k9"):
        desk.show("keap", "company", record, {"company_name": "Acme"})
    desk.show("keap", "contact", "k1", PERSON | {"company.id": "k9"})
    (contact,) = desk.marks()
    assert "customer_id" not in contact.fields
    assert desk.answer(contact) == []
    desk.show("erp", "company", "e9", {"name": "Acme"})
    (update,) = desk.ask("link", a="keap/company/k9", b="erp/customer/e9")
    assert (update.side, update.fields) == ("erp", {"customer_id": "e9"})


def test_a_contact_that_keap_would_refuse_waits_by_name_and_goes_when_it_can() -> None:
    """Without e-mail, phone or address a Keap contact cannot be made; the gate says so."""
    desk = Desk()
    desk.show("erp", "company", "e9", {"name": "Acme"})
    desk.show("erp", "contact", "e1", {"last_name": "Byron", "customer_id": "e9"})
    (company,) = desk.marks()
    desk.answer(company)
    assert desk.link("e1").gate == "keap_requires_contact_point"
    (create,) = desk.show("erp", "contact", "e1", {"last_name": "Byron", "customer_id": "e9", "phone": "555 123"}, at=60_000)
    assert create.op == "create"


def test_a_product_without_a_price_waits_and_its_short_description_is_filled_in_but_not_agreed() -> None:
    """The default is what Keap shows, never an edit of the ERP's."""
    desk = Desk()
    desk.show("erp", "product", "e1", {"name": "Chai", "sku": "C1"})
    assert desk.marks() == []
    assert desk.link("e1").gate == "keap_requires_price"
    (create,) = desk.show("erp", "product", "e1", {"name": "Chai", "sku": "C1", "unit_price": "18"}, at=60_000)
    assert create.fields["short_description"] == "Chai"
    assert create.match == {"sku": "C1"}
    assert desk.answer(create) == []
    shown = dict(create.fields)
    assert desk.show("keap", "product", "new1", shown, at=90_000) == []


def test_orders_of_the_erp_stay_where_they_are() -> None:
    """The flow creates in one direction; the gate names it."""
    desk = Desk()
    desk.show("erp", "opportunity", "e5", {"title": "Phone order", "status": "new"})
    assert desk.marks() == []
    assert desk.link("e5").gate == "direction"


def test_in_flight_is_bounded_and_edits_made_in_line_travel_together() -> None:
    """Two slots: the third create waits, carries what was edited meanwhile, and starts when a slot is freed."""
    desk = Desk(context(limits={"bulk": 2, "live": 1}))
    for number in range(3):
        desk.show("keap", "contact", f"k{number}", PERSON | {"email_addresses.EMAIL1.email": f"a{number}@x.example"})
    first, second = desk.marks()
    assert desk.link("k2").gate == "slot/erp/bulk"
    assert (
        desk.show("keap", "contact", "k2", PERSON | {"given_name": "Eve", "email_addresses.EMAIL1.email": "a2@x.example"}, at=60_000) == []
    )
    (third,) = desk.answer(first)
    assert third.fields["first_name"] == "Eve"
    assert desk.answer(second) == []


def test_a_backlog_never_stands_before_a_live_edit() -> None:
    """Bulk and live have pools of their own, and each command says which it travels in."""
    desk = Desk(context(limits={"bulk": 1, "live": 1}))
    desk.show("keap", "product", "k1", {"name": "Chai", "sku": "C1", "price.amount": "1"})
    desk.show("erp", "product", "e1", {"name": "Chai", "sku": "C1", "unit_price": "1"})
    desk.marks("product")
    for number in range(3):
        desk.show("keap", "contact", f"c{number}", PERSON | {"email_addresses.EMAIL1.email": f"a{number}@x.example"})
    desk.marks()
    (edit,) = desk.show("keap", "product", "k1", {"name": "Chai", "sku": "C1", "price.amount": "2"}, at=60_000)
    assert edit.fields == {"unit_price": "2.00"}
    assert [(command.op, command.bulk) for command in desk.commands] == [("create", True), ("update", False)]


def test_a_created_record_polled_before_its_outcome_is_absorbed() -> None:
    """Without a stamp the poller meets our own record first: it waits, and the outcome makes it ours."""
    desk = Desk()
    desk.show("erp", "product", "e1", {"name": "Chai", "sku": "C1", "unit_price": "18"})
    (create,) = desk.marks()
    assert desk.show("keap", "product", "k7", dict(create.fields), at=1_000) == []
    assert desk.link("k7").gate == f"create/{create.link}"
    assert desk.answer(create, id="k7") == []
    assert desk.link("k7").id == create.link
    assert len(desk.links()) == 1


def test_a_created_record_whose_deletion_is_told_before_its_outcome_is_read_again() -> None:
    """Nobody knew the record when it went; its create's answer still shows it alive."""
    desk = Desk()
    desk.marks()
    (create,) = desk.show("keap", "contact", "k1", PERSON)
    desk.show("erp", "contact", "new1", {}, op="delete")
    (read,) = desk.answer(create)
    assert (read.op, read.target) == ("read", "new1")
    desk.answer(read, "gone", record=None)
    assert desk.link("k1").state == "orphan"


def test_a_record_with_our_stamp_is_ours_before_the_outcome_comes() -> None:
    """The stamp proves it: the change waits for the outcome."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    shown = dict(create.fields) | {"external_id": create.stamp}
    assert desk.show("erp", "contact", "e7", shown, at=1_000) == []
    assert desk.answer(create, id="e7") == []
    assert desk.link("k1").erp.id == "e7"


def test_a_second_record_under_our_stamp_goes_to_review() -> None:
    """A copy somebody made of our record is never taken for the pair's."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    desk.answer(create, id="e7")
    desk.show("erp", "contact", "e8", TWIN | {"external_id": create.stamp}, at=90_000)
    assert desk.link("e8").state == "review"
    assert desk.link("k1").erp.id == "e7"


def test_after_a_total_loss_of_state_stamps_pair_again_in_either_order() -> None:
    """The link's id derives from the record that opened it, and the stamp carries it."""
    lost = Desk()
    lost.show("keap", "contact", "k1", PERSON)
    (create,) = lost.marks()
    for order in (("keap", "erp"), ("erp", "keap")):
        desk = Desk()
        for side in order:
            if side == "keap":
                desk.show("keap", "contact", "k1", PERSON)
            else:
                desk.show("erp", "contact", "e1", {"last_name": "Byron", "first_name": "Ada", "external_id": create.stamp})
        desk.marks()
        assert desk.link("k1").id == desk.link("e1").id


def test_a_pilot_writes_only_what_it_names_and_lets_go_when_it_ends() -> None:
    """Others wait at the gate `pilot`."""
    desk = Desk(context(pilot_only=frozenset({"k1"})))
    for record in ("k1", "k2"):
        desk.show("keap", "contact", record, PERSON | {"email_addresses.EMAIL1.email": f"{record}@x.example"})
    (create,) = desk.marks()
    assert create.link == desk.link("k1").id
    assert desk.link("k2").gate == "pilot"
    desk.context = context()
    assert [command.link for command in desk.assigned()] == [desk.link("k2").id]


def test_a_repeated_create_that_met_its_record_counts_what_the_target_respelled_as_applied() -> None:
    """Only what is really different is merged as an edit."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    found = {"first_name": "ADA ", "last_name": "Byron", "email": "ada@x.example", "job_title": "Countess"}
    (update,) = desk.answer(create, "found", id="e1", record=found)
    assert (update.side, update.fields) == ("keap", {"job_title": "Countess"})


def test_what_somebody_emptied_before_its_create_was_found_is_filled_again_and_told() -> None:
    """A target that keeps nothing of a field looks the same; an operator sees why a clear did not stay."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"})
    (create,) = desk.marks()
    (update,) = desk.answer(create, "found", id="e1", record=TWIN)
    assert (update.side, update.fields) == ("erp", {"job_title": "Countess"})
    told = [(entry.side, entry.field, entry.won, entry.lost) for entry in desk.journal if entry.kind == "refilled"]
    assert told == [("erp", "job_title", "Countess", None)]


def test_a_queue_gives_back_every_link_in_order() -> None:
    """Pages of 100 hold any number, first in first out."""
    desk = Desk()
    turn = Turn(desk.context, desk, 0, "test")
    for number in range(250):
        pages.push(turn, "pilot", str(number))
    assert [pages.pop(turn, "pilot") for _ in range(251)] == [*map(str, range(250)), None]
    assert turn.finish().rows == {}


def test_a_set_forgets_what_is_discarded_however_large_it_is() -> None:
    """The last id fills the gap; empty pages leave nothing behind."""
    desk = Desk()
    turn = Turn(desk.context, desk, 0, "test")
    for number in range(250):
        pages.add(turn, "contact/keap/email/x", str(number))
    for number in range(0, 250, 2):
        pages.discard(turn, "contact/keap/email/x", str(number))
    for number in range(1, 250, 2):
        pages.discard(turn, "contact/keap/email/x", str(number))
    assert turn.finish().rows == {}


def test_a_default_does_not_stand_against_what_was_said_while_the_create_was_under_way() -> None:
    """The short description typed meanwhile replaces the name that filled its place."""
    desk = Desk()
    thing: Fields = {"name": "Thing", "sku": "S1", "unit_price": "12.50"}
    desk.show("erp", "product", "e1", thing)
    (create,) = desk.marks()
    assert create.fields["short_description"] == "Thing"
    desk.show("erp", "product", "e1", thing | {"short_description": "Short"}, at=60_000)
    (write,) = desk.answer(create)
    assert (write.side, write.fields) == ("keap", {"short_description": "Short"})


def test_so_is_one_that_was_seen_and_went_before_the_outcome() -> None:
    """The half link it had opened is absorbed; that it is gone is not forgotten with it."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    desk.show("erp", "contact", "new1", TWIN, at=1_000)
    desk.feed(desk.change("erp", "contact", "new1", 30_000, op="delete", fields={}))
    (read,) = desk.answer(create, record=TWIN)
    assert (read.op, read.target) == ("read", "new1")


def test_the_news_of_it_may_be_of_a_page_that_was_asked_for_before_the_create() -> None:
    """An answer shows what came after its request went out: when the reading began tells nothing."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    gone = desk.change("erp", "contact", "new1", op="delete", fields={}, read_at=create.issued_at - 500)
    assert desk.feed(gone) == []
    (read,) = desk.answer(create, record=TWIN)
    assert (read.op, read.target) == ("read", "new1")


def test_a_create_whose_record_is_gone_makes_no_pair_however_often_that_is_told() -> None:
    """What waits for its twin would wait for ever, with no name to it: the half is an orphan."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    for _ in range(2):
        assert desk.answer(create, "gone", id="new1", record=TWIN) == []
        assert (desk.link("k1").state, desk.link("k1").erp.id) == ("orphan", "new1")
    assert "erp/contact/new1 is gone" in [entry.detail for entry in desk.journal]


def test_what_a_create_made_is_ours_when_it_comes_back_after_it_was_answered_as_gone() -> None:
    """The ERP stores towns in capitals: nobody typed them, and they go nowhere."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON | {"addresses.BILLING.locality": "Oslo"})
    (create,) = desk.marks()
    stored = create.fields | {"billing_address.city": "OSLO"}
    desk.answer(create, "gone", id="new1", record=stored, version=2)
    (read,) = desk.show("erp", "contact", "new1", stored, at=60_000, version=3)
    assert desk.answer(read, record=stored, version=3) == []
    assert (desk.link("k1").state, "conflict" in desk.kinds()) == ("linked", False)
