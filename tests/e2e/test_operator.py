"""What waits for somebody, on one running system: nothing of it is written, the command line names it, and the command lets it go."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from console.read_model import read_records
from schemas.records import JournalEntry
from streams.topics import JOURNAL
from tests.e2e.operated import MOST, PLANNED, PRODUCTS, World, fight, running

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
SOON_S = 30
"""Half of what is promised while a backfill runs."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Yield the running system; each test has records of its own there."""
    with running(tmp_path_factory.mktemp("operated")) as world:
        yield world


def companies(world: World) -> list[str]:
    """Return the names of all of Keap's companies."""
    page = world.stack.keap._call("GET", "/rest/v2/companies?page_size=1000")
    assert not page["next_page_token"]
    return [company["company_name"] for company in page["companies"]]


def counted(printed: str, *words: str) -> int:
    """Return the number behind some words in a table that a command printed, -1 without such a line."""
    found = re.search(r"\b" + r"\s+".join(words) + r"\s+(\d+)\s*$", printed, re.MULTILINE)
    return int(found[1]) if found else -1


def test_a_create_waits_until_it_is_approved(world: World) -> None:
    """Approved alone, by its record's ref, it is made; what was not approved goes on waiting."""
    names = ["One alone", "Another"]
    before = len(world.waits("approval/company"))
    one, two = (world.stack.erp._call("POST", "/api/v1/customers", {"name": name})["id"] for name in names)
    world.until(lambda: len(world.waits("approval/company")) == before + 2)
    world.pass_by("10", "keap")
    assert not {*names} & {*companies(world)}
    assert counted(world.keapsync("status"), "company", "approval") == before + 2
    assert one in world.keapsync("links", "--flow", "company", "--waits", "approval", "--limit", "1000")

    world.keapsync("approve", f"erp/customer/{one}")

    world.until(lambda: names[0] in companies(world))
    world.pass_by("10", "keap")
    assert names[1] not in companies(world)
    assert two in {link.erp.id for link in world.waits("approval/company")}


def test_an_edit_overtakes_the_creates_of_an_approved_plan(world: World) -> None:
    """One linked pair is edited while hundreds wait for their turn in Keap; in the end each of them is there once."""
    planned = [str(link.agreed["name"].value) for link in world.waits("approval/company")]
    before = companies(world)
    assert len(planned) >= PLANNED
    assert not {*planned} & {*before}

    world.keapsync("approve", "company")
    world.until(lambda: world.waits("slot/keap/bulk"))
    edited_at = time.monotonic()
    world.pass_by("20", "keap")
    took_s = time.monotonic() - edited_at

    assert world.waits("slot/keap/bulk")
    assert took_s < SOON_S
    world.until(lambda: len(companies(world)) >= len(before) + len(planned))
    assert sorted(companies(world)) == sorted([*before, *planned])


def test_of_a_disputed_field_nothing_is_written_until_somebody_chooses(world: World) -> None:
    """The pair's other fields go on."""
    link = world.link("1")

    world.pass_by("1", "keap", "erp")
    assert world.both(link, "job_title") == ("Poet", "Clerk")
    assert "1 disputed fields wait for `keapsync choose`" in world.keapsync("status")
    assert link.id in world.keapsync("links", "--waits", "choose")

    world.keapsync("choose", "keap/contact/1", "job_title", "erp")

    world.until(lambda: world.both(link, "job_title") == ("Clerk", "Clerk"))
    assert world.link("1").disputed == []


def test_a_field_that_two_automations_fight_over_is_frozen_until_somebody_thaws_it(world: World) -> None:
    """Each wants its own value back, at once and for ever; the journal names both."""
    link = world.link("2")
    fight(world, link)

    left = world.both(link, "website")
    assert len({*left}) == 2
    world.pass_by("2", "keap", "erp")
    assert world.both(link, "website") == left
    (entry,) = [entry for entry in read_records(world.stack.settings, JOURNAL, JournalEntry) if entry.kind == "frozen"]
    assert {*entry.detail.removeprefix("website alternates, last by ").split(" and ")} == {"keap (Campaign)", "erp (nightly job)"}
    assert "1 frozen ones for `keapsync thaw`" in world.keapsync("status")
    assert "website (keapsync thaw)" in world.keapsync("links", "--id", link.id)

    world.keapsync("thaw", link.id, "website")

    world.until(lambda: len({*world.both(link, "website")}) == 1)
    assert world.link("2").frozen == []


def test_updates_beyond_the_breaker_wait_until_they_are_released(world: World) -> None:
    """Eight edits in the ERP, five of which reach Keap."""
    things = world.links.chosen("product")

    def written() -> int:
        return sum(world.both(link, "description") == ("Blue", "Blue") for link in things)

    for link in things:
        world.stack.erp.patch("product", link.erp.id or "", {"description": "Blue"})
    world.until(lambda: len(world.waits("breaker/product/keap")) == PRODUCTS - MOST)
    world.pass_by("30", "keap")
    assert written() == MOST
    assert counted(world.keapsync("breakers", "list"), "product", "keap") == PRODUCTS - MOST
    status = world.keapsync("status")
    assert counted(status, "product", "breaker") == PRODUCTS - MOST
    assert "breaker/product/keap: too many writes, stopped" in status

    world.keapsync("breakers", "release", "product", "keap")

    world.until(lambda: written() == PRODUCTS)
    assert not world.waits("breaker/product/keap")


def test_a_delete_beyond_the_breaker_waits_and_is_withheld(world: World) -> None:
    """Two contacts are deleted in Keap: one twin goes, the other is left as it is, then and later."""
    numbers = ("40", "41")
    twins = [world.link(number).erp.id or "" for number in numbers]

    def living() -> int:
        return sum(world.stack.erp.get("contact", twin)["deleted_at"] is None for twin in twins)

    for number in numbers:
        world.stack.keap._call("DELETE", f"/rest/v2/contacts/{number}")
    for _ in twins:  # gone is what two sweeps did not show
        world.sweep("keap", "contact")
    world.until(lambda: world.waits("breaker/contact/erp") and living() == 1)
    assert counted(world.keapsync("breakers", "list"), "contact", "erp") == 1

    world.keapsync("breakers", "withhold", "contact", "erp")

    world.until(lambda: not world.waits("breaker/contact/erp"))
    world.pass_by("42", "erp")
    assert living() == 1
