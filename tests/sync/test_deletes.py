"""A record is gone: what becomes of its twin, and what when it comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from schemas.flows import Fields
from schemas.records import Command, ScanMark
from streams.sync.turn import Limit
from tests.sync.desk import MAPPING, NOW, Desk, context

THING: Fields = {"name": "Chai", "sku": "C1", "price.amount": "1.00", "active": True}
TWIN: Fields = {"name": "Chai", "sku": "C1", "unit_price": "1.00", "active": True}


def desk_with(policy: str, **more: Any) -> Desk:
    """Return a desk whose products are paired, k1 with e1, under a policy for the ERP's side."""
    flow = replace(MAPPING["product"], deletes={"erp": policy})  # type: ignore[dict-item]
    desk = Desk(context(mapping=MAPPING | {"product": flow}, **more))
    desk.show("keap", "product", "k1", THING)
    desk.show("erp", "product", "e1", TWIN)
    assert desk.marks() == []
    return desk


def vanish(desk: Desk, **more: Any) -> list[Command]:
    """Let k1 be proved gone."""
    return desk.feed(desk.change("keap", "product", "k1", 60_000, op="delete", fields={}, capture="reread", updated_at=None, **more))


def test_by_default_the_twin_stays_and_nothing_is_made_again() -> None:
    """Policy keep: an orphan, and no command."""
    desk = desk_with("keep")
    assert vanish(desk) == []
    assert desk.link("e1").state == "orphan"
    assert desk.show("erp", "product", "e1", TWIN | {"name": "Chai Latte"}, at=90_000) == []


def test_a_twin_is_switched_off_and_on_again_when_its_record_comes_back() -> None:
    """Policy deactivate: `active` goes false, and true again."""
    desk = desk_with("deactivate")
    (off,) = vanish(desk)
    assert (off.op, off.side, off.fields) == ("deactivate", "erp", {"active": False})
    assert desk.answer(off, record=TWIN | {"active": False}) == []
    (read,) = desk.show("keap", "product", "k1", THING, at=120_000)
    (on,) = desk.answer(read, record=THING)
    assert (on.op, on.fields) == ("update", {"active": True})
    assert desk.answer(on, record=TWIN) == []
    assert desk.link("k1").state == "linked"


def test_a_twin_that_was_off_already_stays_off_when_its_record_comes_back() -> None:
    """What we did not switch off is not ours to switch on."""
    desk = desk_with("deactivate")
    (update,) = desk.show("keap", "product", "k1", THING | {"active": False}, at=30_000)
    desk.answer(update, record=TWIN | {"active": False})
    assert vanish(desk) == []
    assert desk.link("e1").erp.retire is None
    (read,) = desk.show("keap", "product", "k1", THING | {"active": False}, at=120_000)
    assert desk.answer(read, record=THING | {"active": False}) == []
    assert desk.link("k1").state == "linked"


def test_a_twin_whose_switch_somebody_touched_meanwhile_is_left_as_it_is() -> None:
    """It was switched off by us and cleared by a person: neither off nor on, and the record's return asks once, not for ever."""
    desk = desk_with("deactivate")
    (off,) = vanish(desk)
    desk.answer(off, record=TWIN | {"active": False})
    (read,) = desk.show("keap", "product", "k1", THING, at=120_000)
    (on,) = desk.answer(read, record=THING)
    cleared = desk.answer(on, "conflict", record=TWIN | {"active": None})
    assert [(command.side, command.op, command.fields) for command in cleared] == [("keap", "update", {"active": None})]
    assert desk.link("e1").erp.retire is None


def test_a_delete_expects_all_that_was_seen() -> None:
    """Policy delete: the whole twin as it was known, and its version."""
    desk = desk_with("delete")
    (delete,) = vanish(desk)
    assert (delete.op, delete.side, delete.target, delete.version) == ("delete", "erp", "e1", 1)
    assert {path: value for path, value in delete.expect.items() if value is not None} == TWIN
    assert desk.answer(delete, "gone", record=None) == []
    assert desk.link("e1").erp.gone


def test_a_twin_that_was_edited_since_is_left_to_an_operator() -> None:
    """Delete against edit is review, whether the edit was known before or is met by the delete."""
    desk = desk_with("delete")
    (update,) = desk.show("erp", "product", "e1", TWIN | {"name": "Chai Latte"}, at=30_000)
    assert desk.answer(update, "gone", id=None, record=None) == []
    assert desk.feed(ScanMark("main", "keap", "product", "sweep", NOW + 60_000, 0)) == []
    assert desk.link("e1").state == "review"

    desk = desk_with("delete")
    (delete,) = vanish(desk)
    assert desk.answer(delete, "conflict", record=TWIN | {"name": "Chai Latte"}) == []
    assert desk.link("e1").state == "review"
    assert not desk.link("e1").erp.gone


@pytest.mark.parametrize("policy", ["keep", "delete"])
def test_a_record_that_comes_back_while_its_twin_is_gone_is_left_to_an_operator(policy: str) -> None:
    """No delete is ever issued from either, and nothing is made."""
    desk = desk_with(policy)
    for command in vanish(desk):
        desk.answer(command, "gone", record=None)
    if policy == "keep":
        desk.feed(desk.change("erp", "product", "e1", 90_000, op="delete", fields={}, capture="reread"))
    (read,) = desk.show("keap", "product", "k1", THING, at=120_000)
    assert desk.answer(read, record=THING) == []
    assert desk.link("k1").state == "review"


def test_a_delete_of_what_is_gone_already_ends_quietly() -> None:
    """Both records deleted by people: nothing to do."""
    desk = desk_with("delete")
    (delete,) = vanish(desk)
    desk.answer(delete, "gone", record=None)
    assert desk.feed(desk.change("erp", "product", "e1", 90_000, op="delete", fields={}, capture="reread")) == []


def test_an_older_state_read_before_a_record_was_found_gone_brings_nothing_back() -> None:
    """The answer "gone" carries no version: a replayed change, newer than what was known by then, is no return."""
    desk = desk_with("keep")
    (update,) = desk.show("keap", "product", "k1", THING | {"description": "Tea"}, at=60_000)
    desk.answer(update, "gone", id=None, record=None)
    assert desk.show("erp", "product", "e1", TWIN | {"description": "Leaves"}, at=1_000, read_at=desk.now - 10_000) == []
    assert desk.link("e1").erp.gone


def test_a_deletion_in_the_log_says_nothing_of_a_record_that_lives_again() -> None:
    """A replay brings the proof of then; what was read since is newer, so the record is read, and its twin not deleted."""
    desk = desk_with("keep")
    vanish(desk)
    (read,) = desk.show("keap", "product", "k1", THING, at=120_000)
    desk.now += 150_000
    desk.answer(read, record=THING)
    (again,) = vanish(desk)
    assert again.op == "read"
    assert desk.link("k1").state == "linked"


def test_an_old_answer_to_a_question_by_id_is_no_news() -> None:
    """A sweep asked for a record; its answer is delivered again when the record has moved on."""
    desk = desk_with("keep")
    (price,) = desk.show("keap", "product", "k1", THING | {"price.amount": "2.00"}, at=60_000)
    desk.answer(price, record=TWIN | {"unit_price": "2.00"})
    assert desk.show("keap", "product", "k1", THING, at=0, capture="reread") == []
    assert desk.link("k1").agreed["unit_price"].value == "2"


def test_a_twin_edited_while_its_delete_waits_is_spared() -> None:
    """For a slot, a breaker or an outcome: what is deleted is looked at when it is."""
    desk = desk_with("delete", limits={"bulk": 1, "live": 1})
    (other,) = desk.show("keap", "product", "k2", THING | {"name": "Tea", "sku": "T1"})
    assert vanish(desk) == []
    assert desk.show("erp", "product", "e1", TWIN | {"name": "Chai Latte"}, at=60_000) == []
    assert desk.answer(other, record=TWIN | {"name": "Tea", "sku": "T1"}) == []
    assert desk.link("e1").state == "review"


def test_the_twin_whose_create_was_under_way_follows_the_policy_too() -> None:
    """Its record went before the answer came."""
    flow = replace(MAPPING["product"], deletes={"erp": "delete"})
    desk = Desk(context(mapping=MAPPING | {"product": flow}))
    desk.show("keap", "product", "k1", THING)
    (create,) = desk.marks()
    vanish(desk)
    (delete,) = desk.answer(create, record=TWIN)
    assert (delete.op, delete.target) == ("delete", "new1")


def test_what_was_read_after_a_delete_went_out_is_looked_at_when_its_outcome_comes() -> None:
    """Somebody brought the record back before the answer was known."""
    desk = desk_with("delete")
    (delete,) = vanish(desk)
    desk.show("erp", "product", "e1", TWIN, at=90_000, read_at=desk.now + 60_000)
    desk.now -= 50_000  # the delete was answered before
    (read,) = desk.answer(delete, "gone", record=None)
    assert (read.op, read.target) == ("read", "e1")


def test_a_deletion_that_came_during_a_command_is_not_lost_to_what_was_read_before() -> None:
    """It carries no time of change; when it was read tells that it is the newer one."""
    desk = desk_with("keep")
    desk.show("erp", "product", "e1", TWIN | {"name": "Chai Latte"}, at=30_000)
    desk.show("keap", "product", "k1", THING, at=40_000)
    vanish(desk)
    waiting = desk.link("k1").keap.deferred
    assert waiting is not None
    assert waiting.op == "delete"


def test_a_withheld_delete_is_journaled() -> None:
    """Nothing is dropped without a word."""
    flow = replace(MAPPING["product"], deletes={"erp": "delete"})
    desk = Desk(context(mapping=MAPPING | {"product": flow}, deletes=Limit(count=1)))
    for number in (1, 2):
        desk.show("keap", "product", f"k{number}", THING | {"sku": f"C{number}", "name": f"Chai {number}"})
        desk.show("erp", "product", f"e{number}", TWIN | {"sku": f"C{number}", "name": f"Chai {number}"})
    assert desk.marks() == []
    gone = [desk.change("keap", "product", f"k{n}", 60_000, op="delete", fields={}, capture="reread", updated_at=None) for n in (1, 2)]
    assert [len(desk.feed(change)) for change in gone] == [1, 0]
    assert desk.ask("withhold", flow="product", side="erp") == []
    assert [entry.detail for entry in desk.journal if entry.kind == "withheld"] == ["delete"]
    assert desk.link("e2").erp.retire is None


def stopped(policy: str) -> Desk:
    """Return a desk at which k1 is gone and what is to become of e1 waits at a breaker."""
    desk = desk_with(policy, deletes=Limit(count=1))
    desk.show("keap", "product", "k2", {**THING, "name": "Mate", "sku": "M2"}, at=1_000)
    desk.answer(desk.commands[-1], id="e2")
    desk.feed(desk.change("keap", "product", "k2", 60_000, op="delete", fields={}, capture="reread", updated_at=None))
    desk.answer(desk.commands[-1])
    assert vanish(desk) == []
    assert desk.link("e1").erp.retire == policy
    return desk


@pytest.mark.parametrize("policy", ["deactivate", "delete"])
def test_what_was_to_become_of_a_twin_is_off_once_an_operator_parts_it(policy: str) -> None:
    """The breaker lets go later, and nothing is done to a record that has no gone one beside it any more."""
    desk = stopped(policy)
    desk.ask("unlink", link=desk.link("e1").id)
    assert desk.ask("release", flow="product", side="erp") == []
    assert desk.show("erp", "product", "e1", TWIN | {"name": "Chai Latte"}, at=120_000) == []


@pytest.mark.parametrize("policy", ["deactivate", "delete"])
def test_what_was_to_become_of_a_twin_is_off_once_an_operator_gives_it_another(policy: str) -> None:
    """The twin of a record that is gone gets a living one by an operator's word: it is a pair like any other."""
    desk = stopped(policy)
    desk.show("keap", "product", "k3", THING, at=90_000)
    desk.ask("link", a="keap/product/k3", b="erp/product/e1")
    assert desk.link("k3").erp.id == "e1"
    assert desk.ask("release", flow="product", side="erp") == []
    assert desk.link("k3").state == "linked"


def made_and_lost() -> tuple[Desk, Command]:
    """Return a desk at which k1 was proved gone while the command that creates its twin is under way."""
    flow = replace(MAPPING["product"], deletes={"erp": "delete"})
    desk = Desk(context(mapping=MAPPING | {"product": flow}))
    desk.show("keap", "product", "k1", THING | {"description": "Tea"})
    (create,) = desk.marks()
    assert vanish(desk) == []
    return desk, create


def test_a_twin_that_somebody_cleared_a_field_of_before_its_create_was_found_is_not_deleted() -> None:
    """Its record went meanwhile, and never showed what the twin shows."""
    desk, create = made_and_lost()
    assert desk.answer(create, "found", id="e1", record=dict(create.fields) | {"description": None}) == []
    assert (desk.link("k1").state, desk.link("k1").erp.id) == ("review", "e1")


def test_a_twin_that_is_as_its_create_made_it_is_deleted_after_its_record() -> None:
    """Nobody edited it."""
    desk, create = made_and_lost()
    (delete,) = desk.answer(create, "found", id="e1")
    assert (delete.op, delete.target) == ("delete", "e1")
