"""What no poll shows, on the whole program as processes: edits that hooks bring while polls sleep, silent drift, merges, deletions.

And what no hook shows, which polls find.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from console.read_model import read_records
from console.read_model.status import read_status
from schemas.errors import RetriableError
from schemas.flows import SIDES
from schemas.records import Change, JournalEntry
from streams.clock import now_ms
from streams.topics import CHANGES, JOURNAL
from tests.e2e.hearing import NEVER_S, PROMPT, World, configure, let_through, listen, subscribed
from tests.e2e.stacked import stack_in

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
PEOPLE = 14
HOOK_LATE_S = 2
EDITED = ("Porter", "Waiter")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Start everything with hooks on; fourteen people of Keap, a deal and a product have their twins."""
    with stack_in(tmp_path_factory.mktemp("unseen")) as stack:
        stack.start()
        listen(stack)
        let_through(stack)
        configure(stack, poll_s=NEVER_S, hook_late_s=HOOK_LATE_S)
        httpx.put(f"{stack.keap.url}/_sandbox/hooks", json=PROMPT).raise_for_status()
        people = [
            {"given_name": f"Ann {number}", "email_addresses": [{"email": f"ann{number}@example.com", "field": "EMAIL1"}]}
            for number in range(PEOPLE)
        ]
        deal = {"opportunity_title": "Deal", "stage": "New Opportunity", "contact_id": {"$ref": ["contacts", 1]}}
        bolt = {"name": "Bolt", "price": 1250, "short_description": "Bolt"}
        stack.keap.seed({"contacts": people, "opportunities": [deal], "products": [bolt]})
        stack.processes.start("hooks", "--config", str(stack.config), "hooks")
        stack.run()
        world = World(stack)
        world.until(lambda: sum(link.state == "linked" for link in world.links.all) == PEOPLE + 2)
        world.until(lambda: subscribed(stack))
        yield world


def test_an_edit_reaches_the_other_side_without_waiting_for_a_poll(world: World) -> None:
    """Both ways, though polls come once an hour."""
    link = world.link("contact", "1")
    assert link.erp.id
    world.stack.keap.patch("contact", "1", {"job_title": "Buyer"})
    world.until(lambda: world.stack.erp.get("contact", link.erp.id or "")["job_title"] == "Buyer")
    world.stack.erp.patch("contact", link.erp.id, {"job_title": "Seller"})
    world.until(lambda: world.stack.keap.get("contact", "1")["job_title"] == "Seller")


def test_with_every_hook_lost_polls_find_the_edits_and_count_them(world: World) -> None:
    """Both ways, no later than a poll; the meter says how many no hook announced, and `status` tells of it."""
    link = world.link("contact", "4")
    missed = world.missed()
    with world.deaf():
        world.stack.keap.patch("contact", "4", {"job_title": EDITED[0]})
        world.until(lambda: world.stack.erp.get("contact", link.erp.id or "")["job_title"] == EDITED[0])
        world.stack.erp.patch("contact", link.erp.id or "", {"job_title": EDITED[1]})
        world.until(lambda: world.stack.keap.get("contact", "4")["job_title"] == EDITED[1])
        world.until(lambda: all(world.missed()[side] > missed[side] for side in SIDES))
        # Of these edits alone: hooks of earlier ones may still be on their way.
        changes = [change for change in read_records(world.stack.settings, CHANGES, Change) if change.fields.get("job_title") in EDITED]
        assert {change.side for change in changes} == {*SIDES}
        assert "hook" not in {change.capture for change in changes}
    for side in SIDES:
        assert any(f"{side}/contact: no hook announced" in warning for warning in read_status(world.stack.settings).warnings)


def test_five_silent_differences_are_found_and_repaired_in_one_pass(world: World) -> None:
    """Three in Keap, two in the ERP, none of which moved a time or a version."""
    in_keap = "UPDATE contacts SET document = json_set(document, '$.job_title', ?) WHERE id = ? AND live_to IS NULL"
    in_erp = "UPDATE records SET body = json_set(body, '$.job_title', ?) WHERE entity = 'contacts' AND id = ?"
    twins = [world.link("contact", number).erp.id or "" for number in ("8", "9")]
    assert world.audit()[0] == 0
    world.silently("keap", *((in_keap, (f"silent {number}", number)) for number in ("5", "6", "7")))
    world.silently("erp", *((in_erp, (f"silent {twin}", twin)) for twin in twins))
    code, printed = world.audit("--repair")
    assert code == 1
    assert "5 differences in 5 of them" in printed
    world.until(lambda: world.audit()[0] == 0)
    assert world.stack.erp.get("contact", world.link("contact", "5").erp.id or "")["job_title"] == "silent 5"
    assert world.stack.keap.get("contact", "8")["job_title"] == f"silent {twins[0]}"


def test_merged_contacts_lose_no_twin_and_their_orders_follow(world: World) -> None:
    """Contact 2 goes into contact 3: its order belongs to the other's twin then; its own is reviewed, not deleted as the policy has it."""
    loser, winner, order = world.link("contact", "2"), world.link("contact", "3"), world.link("opportunity", "1")
    keap, erp = world.stack.keap, world.stack.erp
    assert erp.get("opportunity", order.erp.id or "")["contact_id"] == loser.erp.id
    keap._call("POST", "/rest/v2/contacts:merge", {"contact_id": "3", "duplicate_contact_id": "2"})
    world.until(lambda: erp.get("opportunity", order.erp.id or "")["contact_id"] == winner.erp.id)
    for _ in range(2):  # no hook says that the duplicate is gone: two sweeps do
        world.sweep("keap", "contact")
    world.until(lambda: world.link("contact", "2").state != "linked")
    left = world.link("contact", "2")
    assert (left.state, left.reason) == ("review", "keap/contact/2 was merged into keap/contact/3, which has a twin of its own")
    assert left.candidates == ["keap/contact/3", f"erp/contact/{winner.erp.id}"]
    assert erp.get("contact", loser.erp.id or "")["deleted_at"] is None
    assert erp.get("opportunity", order.erp.id or "")["contact_id"] == winner.erp.id
    assert world.link("contact", "3").state == "linked"
    assert "merged" in {entry.kind for entry in read_records(world.stack.settings, JOURNAL, JournalEntry) if entry.link == left.id}


def test_a_contact_that_is_deleted_takes_its_twin_with_it(world: World) -> None:
    """The policy that spared the merged one's twin."""
    link = world.link("contact", "14")
    world.stack.keap._call("DELETE", "/rest/v2/contacts/14")
    for _ in range(2):
        world.sweep("keap", "contact")
    world.until(lambda: world.stack.erp.get("contact", link.erp.id or "")["deleted_at"])


def test_a_contact_that_is_deleted_in_the_erp_takes_its_twin_with_it(world: World) -> None:
    """A hook tells of it; a sweep, which shows that it was no merge, lets it through."""
    link, keap = world.link("contact", "10"), world.stack.keap
    world.stack.erp._call("DELETE", f"/api/v1/contacts/{link.erp.id}")
    world.until(lambda: world.link("contact", "10").state == "orphan")
    assert keap.get("contact", "10")["given_name"] == "Ann 9"
    world.sweep("erp", "contact")
    world.until(lambda: world.link("contact", "10").keap.gone)
    with pytest.raises(RetriableError, match="404"):
        keap.get("contact", "10")


def test_a_product_goes_off_with_its_record_and_on_again_when_that_is_restored(world: World) -> None:
    """Restored in the ERP, behind the API: of all its people do, this alone the sandbox does not offer."""
    link, keap = world.link("product", "1"), world.stack.keap
    world.stack.erp._call("DELETE", f"/api/v1/products/{link.erp.id}")
    world.until(lambda: world.link("product", "1").state == "orphan")
    assert keap.get("product", "1")["active"] is True
    world.sweep("erp", "product")
    world.until(lambda: keap.get("product", "1")["active"] is False)

    restored = "UPDATE records SET deleted_at = NULL, version = version + 1, updated_at = ? WHERE entity = 'products' AND id = ?"
    world.silently("erp", (restored, (str(now_ms()), link.erp.id or "")))
    world.sweep("erp", "product")
    world.until(lambda: keap.get("product", "1")["active"] is True)
    world.until(lambda: world.link("product", "1").state == "linked")
    assert world.stack.erp.get("product", link.erp.id or "")["active"] is True
