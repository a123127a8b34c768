"""Each invariant finds its violation."""

from __future__ import annotations

from dataclasses import replace

from sandbox.chaos import invariants
from sandbox.chaos.evidence import Call
from sandbox.chaos.kinds import BIRTHS
from sandbox.chaos.people import Edit, Newcomer
from schemas.codec import encode
from schemas.records import Command, DeadLetter
from tests.sandbox.chaos.scene import LINK, command, edit, scene

BORN_IN_KEAP = next(birth for birth in BIRTHS if (birth.flow, birth.side) == ("contact", "keap"))


def test_two_records_with_one_stamp_are_found() -> None:
    """Also when only one of them is linked."""
    evidence = scene("Poet", stamps={("erp", "contact"): {LINK: ["co-1", "co-2"]}})

    assert list(invariants.one_record_per_link(evidence)) == [f"erp contact: co-1, co-2 carry the stamp {LINK}"]


def test_a_record_of_two_links_is_found() -> None:
    """A ref belongs to one link."""
    evidence = scene("Poet")
    twice = replace(evidence, links=replace(evidence.links, all=evidence.links.all * 2))

    assert len(list(invariants.one_record_per_link(twice))) == 2


def test_a_newcomer_without_a_twin_and_one_made_twice_are_found() -> None:
    """What people added is there once on each side."""
    alone, doubled = scene("Poet"), scene("Poet")
    alone.world.records["keap", "contact"]["7"] = {"last_name": "Newcomer n00001"}
    for number in ("7", "8"):
        doubled.world.records["keap", "contact"][number] = {"last_name": "Newcomer n00001"}
        doubled.world.records["erp", "contact"][number] = {"last_name": "NEWCOMER N00001"}
    newcomers = [Newcomer(BORN_IN_KEAP, "n00001", "7")]

    assert len(list(invariants.newcomers_are_pairs(alone, newcomers))) == 1
    assert len(list(invariants.newcomers_are_pairs(doubled, newcomers))) == 1


def test_a_newcomer_that_never_arrived_is_no_violation() -> None:
    """Its answer was lost, and so was the call."""
    assert list(invariants.newcomers_are_pairs(scene("Poet"), [Newcomer(BORN_IN_KEAP, "n00001", None)])) == []


def test_a_record_made_by_a_worker_for_nobody_is_found() -> None:
    """A create whose id nobody remembers."""
    stray = Call("POST", "contacts", "co-9", by_worker=True, at=0)
    bound = Call("POST", "contacts", "co-1", by_worker=True, at=0)

    found = list(invariants.creates_are_bound(scene("Poet", calls={"keap": (), "erp": (bound, stray)})))

    assert found == ["erp/contact/co-9 was made by a worker and belongs to no link"]


def test_a_create_before_a_snapshot_is_found() -> None:
    """Both sides' first scans come before any create."""
    evidence = scene("Poet", commands=(command("erp", "Poet", 100, op="create"),))
    early = replace(evidence, marked_at={**evidence.marked_at, ("contact", "keap"): 150})

    assert list(invariants.no_create_before_both_snapshots(evidence)) == []
    assert len(list(invariants.no_create_before_both_snapshots(early))) == 1


def test_a_command_issued_twice_or_out_of_order_is_found() -> None:
    """Numbers rise per link and side, and no id comes twice."""
    twice = scene("Poet", commands=(command("erp", "Poet", 100), command("erp", "Poet", 200)))
    fallen = scene("Poet", commands=(command("erp", "Poet", 200), command("erp", "Clerk", 100, name="c2")))

    assert list(invariants.commands_are_numbered(twice)) == ["the command c1 was issued 2 times"]
    assert list(invariants.commands_are_numbered(fallen)) == [f"{LINK}: number 100 after 200 on erp"]


def test_a_create_that_no_command_asks_for_is_found() -> None:
    """One command, two records made, both of one link: the first was forgotten, or deleted since."""
    post = Call("POST", "contacts", "co-1", by_worker=True, at=0)
    asked = scene("Poet", commands=(command("erp", "Poet", 100, op="create"),), calls={"keap": (), "erp": (post,)})
    twice = replace(asked, calls={"keap": (), "erp": (post, post)})

    assert list(invariants.creates_are_asked_for(asked)) == []
    assert list(invariants.creates_are_asked_for(twice)) == [f"{LINK}: 2 records made in erp for 1 creates"]


def test_a_deletion_by_a_worker_is_found() -> None:
    """People may delete; the policy is `keep`."""
    delete = Call("DELETE", "contacts", "co-1", by_worker=True, at=0)
    by_hand = replace(delete, by_worker=False)

    assert list(invariants.nothing_is_deleted(scene("Poet", calls={"keap": (), "erp": (by_hand,)}))) == []
    assert list(invariants.nothing_is_deleted(scene("Poet", calls={"keap": (), "erp": (delete,)}))) == [
        "erp: a worker deleted contacts co-1"
    ]


def test_what_crosses_over_to_another_connection_is_found() -> None:
    """A record with the other one's stamp, a command for the other one's pair; what is one's own is neither."""
    mine = scene("Poet", stamps={("erp", "contact"): {LINK: ["co-1"]}}, commands=(command("erp", "Poet", 100),))
    next_door = replace(mine, links=replace(mine.links, all=()))

    assert list(invariants.connections_are_apart(mine, [next_door])) == []
    assert list(invariants.connections_are_apart(next_door, [mine])) == [
        f"erp contact: co-1 carry another's stamp {LINK}",
        f"c1 is for another's pair {LINK}",
    ]


def test_an_address_of_two_edits_is_found() -> None:
    """Its city is of one, its postal code of the other; one that is whole, or older than both, is none."""

    def moved(number: int) -> list[Edit]:
        at = replace(edit("keap", "", number), row="shipping_address.city", value=f"City {number}")
        return [at, replace(at, row="shipping_address.postal_code", value=f"{number}")]

    def shown(city: str, postal_code: str) -> list[str]:
        evidence = scene("Poet")
        address = {"shipping_address.city": city, "shipping_address.postal_code": postal_code}
        evidence.world.records["keap", "contact"]["1"] |= address
        return list(invariants.groups_move_as_one(evidence, [*moved(1), *moved(2)]))

    assert shown("City 1", "2") == ["contact link-1: shipping_address is of no single edit"]
    assert shown("City 2", "2") == shown("Old", "0") == []


def test_a_dead_letter_is_found_unless_it_is_of_a_create_that_came_through() -> None:
    """An order is refused while nobody has seen that its contact moved, and made right after; of an update nothing like it is known."""
    made, changed = command("erp", "Poet", 100, op="create"), command("erp", "Poet", 100)

    assert waiting(made, blocked=None) == []
    assert waiting(made, blocked="refused") == ["dead letter of write: RejectedError: refused"]
    assert waiting(changed, blocked=None) == ["dead letter of write: RejectedError: refused"]


def waiting(refused: Command, *, blocked: str | None) -> list[str]:
    """Return the violations when a command was refused, and is blocked still or not."""
    letter = DeadLetter("d", "main", "write", "t", 0, 1, b"", encode(refused), "RejectedError", "refused", 200, "contact", LINK, "erp")
    evidence = scene("Poet", letters=(letter,))
    evidence.links.all[0].erp.blocked = blocked
    return [each for each in invariants.nothing_waits_or_died(evidence) if each.startswith("dead letter")]
