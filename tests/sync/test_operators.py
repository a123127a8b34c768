"""What waits for an operator: approval, a fight of automations, too many writes at once."""

from __future__ import annotations

from dataclasses import replace

from schemas.flows import Fields, Side
from schemas.records import Control
from streams.sync.turn import Limit
from tests.sync.desk import MAPPING, NOW, PERSON, TWIN, Desk, context, pair

MAIL = "email_addresses.EMAIL1.email"


def test_in_plan_mode_a_create_waits_for_approval_and_later_ones_ask_again() -> None:
    """Approving a flow covers what asked by then."""
    desk = Desk(context(approve=frozenset({"contact"})))
    desk.show("keap", "contact", "k1", PERSON)
    assert desk.marks() == []
    assert desk.link("k1").gate == "approval/contact"
    (create,) = desk.ask("approve", flow="contact")
    assert create.link == desk.link("k1").id
    assert desk.show("keap", "contact", "k2", PERSON | {MAIL: "eve@x.example"}, at=60_000) == []
    assert desk.link("k2").gate == "approval/contact"


def test_one_link_can_be_approved_alone() -> None:
    """The others go on waiting."""
    desk = Desk(context(approve=frozenset({"contact"})))
    for record in ("k1", "k2"):
        desk.show("keap", "contact", record, PERSON | {MAIL: f"{record}@x.example"})
    desk.marks()
    (create,) = desk.ask("approve", link=desk.link("k2").id)
    assert create.fields["email"] == "k2@x.example"


def test_a_field_two_automations_fight_over_is_frozen_and_the_rest_goes_on() -> None:
    """After eight returns nothing more is written of it, until an operator thaws it."""
    desk = Desk()
    pair(desk)
    written = 0
    for turn in range(30):
        value = "A" if turn % 2 else "B"
        for command in desk.show("keap", "contact", "k1", PERSON | {"job_title": value}, at=60_000 + turn * 5_000):
            written += 1
            desk.answer(command, record=TWIN | {"job_title": value}, updated_at=NOW + 60_000 + turn * 5_000)
    assert desk.link("k1").frozen == ["job_title"]
    assert written < 15
    assert "frozen" in desk.kinds()
    (other,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "A", "middle_name": "King"}, at=900_000)
    assert other.fields == {"middle_name": "King"}
    desk.answer(other, record=TWIN | {"job_title": "A", "middle_name": "King"})
    thawed = desk.ask("thaw", link=desk.link("k1").id, field="job_title")
    assert desk.link("k1").frozen == []
    assert {tuple(command.fields) for command in thawed} == {("job_title",)}


def test_a_frozen_part_of_an_address_is_frozen_once() -> None:
    """An edit of another part, which takes the group along, is no return of the frozen one; one thaw ends it."""
    desk = Desk()
    pair(desk)
    for turn in range(12):
        at, street = 60_000 + turn * 5_000, "AB"[turn % 2]
        for command in desk.show("keap", "contact", "k1", PERSON | {"addresses.BILLING.line1": street}, at=at):
            desk.answer(command, record=TWIN | {"billing_address.line1": street}, updated_at=NOW + at)
    for turn, town in enumerate(("Oslo", "Bergen", "Oslo")):
        shows = {"addresses.BILLING.line1": "AB"[turn % 2], "addresses.BILLING.locality": town}
        assert desk.show("keap", "contact", "k1", PERSON | shows, at=200_000 + turn * 5_000) == []
    assert desk.link("k1").frozen == ["billing_address.line1"]
    desk.ask("thaw", link=desk.link("k1").id, field="billing_address.line1")
    assert desk.link("k1").frozen == []


def test_a_frozen_field_names_both_who_write_it() -> None:
    """As their sides call them, or the side alone where it does not say."""
    for names, told in ((("Robot", "cron"), "erp (cron) and keap (Robot)"), ((None, None), "erp and keap")):
        desk = Desk()
        pair(desk)
        fighters: tuple[tuple[Side, str, Fields, str | None], ...] = (("keap", "k1", PERSON, names[0]), ("erp", "e1", TWIN, names[1]))
        for turn in range(11):
            side, record, fields, by = fighters[turn % 2]
            at = 60_000 + turn * 5_000
            shows = fields | {"job_title": side}
            for command in desk.show(side, "contact", record, shows, at=at, version=NOW + at, updated_by=by):
                desk.answer(command, record=fighters[1 - turn % 2][2] | {"job_title": side}, updated_at=NOW + at, version=NOW + at)
        assert [entry.detail for entry in desk.journal if entry.kind == "frozen"] == [f"job_title alternates, last by {told}"]


def crowd(desk: Desk, count: int) -> None:
    """Pair some products, with nothing left to do."""
    for number in range(count):
        desk.show("keap", "product", f"k{number}", {"name": f"T{number}", "sku": f"S{number}", "price.amount": "1.00"})
        desk.show("erp", "product", f"e{number}", {"name": f"T{number}", "sku": f"S{number}", "unit_price": "1.00"})
    assert desk.marks() == []


def surge(desk: Desk, count: int) -> int:
    """Change the price of every product in Keap; return how many writes that led to."""
    return sum(
        len(desk.show("keap", "product", f"k{n}", {"name": f"T{n}", "sku": f"S{n}", "price.amount": "9.00"}, at=60_000))
        for n in range(count)
    )


def test_too_many_writes_to_one_side_of_a_flow_stop_until_they_are_released() -> None:
    """The breaker counts; the others wait at it by name; releasing lets them go."""
    desk = Desk(context(updates=Limit(count=5), limits={"bulk": 100, "live": 100}))
    crowd(desk, 12)
    assert surge(desk, 12) == 5
    assert "breaker" in desk.kinds()
    waiting = next(link for link in desk.links() if "breaker/product/erp" in link.gates)
    assert waiting.erp.pending is None
    assert len(desk.ask("release", flow="product", side="erp")) == 5
    assert len(desk.ask("release", flow="product", side="erp")) == 2


def test_withheld_writes_leave_the_side_as_it_is() -> None:
    """What waited is not written; a later edit is."""
    desk = Desk(context(updates=Limit(count=5), limits={"bulk": 100, "live": 100}))
    crowd(desk, 12)
    surge(desk, 12)
    assert desk.ask("withhold", flow="product", side="erp") == []
    assert {(e.field, e.won, e.lost) for e in desk.journal if e.kind == "withheld"} == {("unit_price", "1", "9")}
    (edit,) = desk.show("keap", "product", "k11", {"name": "New", "sku": "S11", "price.amount": "9.00"}, at=90_000)
    assert edit.fields == {"name": "New"}


def test_a_side_that_was_left_as_it_is_speaks_for_itself_when_its_pair_is_parted() -> None:
    """What was withheld from it was never its word."""
    desk = Desk(context(updates=Limit(count=1), limits={"bulk": 100, "live": 100}))
    crowd(desk, 3)
    surge(desk, 3)
    desk.ask("withhold", flow="product", side="erp")
    desk.ask("unlink", link=desk.link("k2").id)
    assert desk.link("e2").agreed["unit_price"].value == "1"
    assert desk.link("k2").agreed["unit_price"].value == "9"


def test_the_breaker_of_a_large_flow_is_a_share_of_its_pairs() -> None:
    """Thirty of a hundred, not five."""
    desk = Desk(context(updates=Limit(count=5, share=0.3), limits={"bulk": 100, "live": 100}))
    crowd(desk, 100)
    assert surge(desk, 60) == 30


def test_a_number_is_too_many_for_a_flow_of_any_size() -> None:
    """A share of a large flow may be more than anybody could look at."""
    desk = Desk(context(updates=Limit(count=5, share=0.3, most=20), limits={"bulk": 100, "live": 100}))
    crowd(desk, 100)
    assert surge(desk, 60) == 20


def test_updates_and_deletes_are_counted_apart() -> None:
    """A few price changes are no reason to stop the first delete."""
    flow = replace(MAPPING["product"], deletes={"erp": "delete"})
    mapping = MAPPING | {"product": flow}
    desk = Desk(context(mapping=mapping, updates=Limit(count=9), deletes=Limit(count=2), limits={"bulk": 100, "live": 100}))
    crowd(desk, 6)
    assert surge(desk, 4) == 4
    gone = desk.change("keap", "product", "k5", 90_000, op="delete", fields={}, capture="reread", updated_at=None)
    assert [command.op for command in desk.feed(gone)] == ["delete"]
    assert "breaker" not in desk.kinds()


def test_a_release_that_is_delivered_again_does_not_let_the_next_surge_go() -> None:
    """It was about a breaker that had tripped before it was given."""
    desk = Desk(context(updates=Limit(count=5), limits={"bulk": 100, "live": 100}))
    crowd(desk, 12)
    surge(desk, 12)
    word = Control("c", "main", "release", {"flow": "product", "side": "erp"}, "tester", desk.now)
    assert len(desk.feed(word)) == 5
    assert desk.feed(word) == []


def test_a_release_that_is_delivered_again_does_not_make_the_breaker_count_anew() -> None:
    """What went on after it is counted, though the breaker has not tripped again."""
    desk = Desk(context(updates=Limit(count=5), limits={"bulk": 100, "live": 100}))
    crowd(desk, 12)
    assert surge(desk, 7) == 5
    word = Control("c", "main", "release", {"flow": "product", "side": "erp"}, "tester", desk.now)
    assert len(desk.feed(word)) == 2
    assert desk.feed(word) == []
    assert surge(desk, 12) == 3


def test_an_approval_that_is_delivered_again_covers_nothing_new() -> None:
    """It covers what had asked when it was given: nobody has looked at what came since."""
    desk = Desk(context(approve=frozenset({"contact"})))
    desk.show("keap", "contact", "k1", PERSON)
    desk.marks()
    word = Control("c", "main", "approve", {"flow": "contact"}, "tester", desk.now)
    assert len(desk.feed(word)) == 1
    desk.show("keap", "contact", "k2", PERSON | {MAIL: "eve@x.example"}, at=60_000)
    assert desk.feed(word) == []
    assert desk.link("k2").gate == "approval/contact"


def test_a_pair_is_not_made_while_its_lost_record_may_be_back() -> None:
    """It is read first: parted from its pair unread, it would belong to nobody from then on."""
    desk = Desk()
    pair(desk)
    desk.feed(desk.change("keap", "contact", "k1", 60_000, op="delete", fields={}, capture="reread", updated_at=None))
    ready, desk.context = desk.context, replace(desk.context, limits={"bulk": 0, "live": 0})
    desk.show("keap", "contact", "k2", PERSON | {"email_addresses.EMAIL1.email": "other@x.example"}, at=70_000)
    assert desk.show("keap", "contact", "k1", PERSON, at=80_000) == []
    assert desk.ask("link", a="keap/contact/k2", b="erp/contact/e1") == []
    assert desk.journal[-1].kind == "refused"
    desk.context = ready
    (read,) = [command for command in desk.assigned() if command.op == "read"]
    desk.answer(read, record=PERSON)
    assert (desk.link("k1").state, desk.link("k1").erp.id) == ("linked", "e1")
