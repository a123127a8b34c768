"""The demo's verdict can fail: each broken promise is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.audit import World
from sandbox.data import Group, Seeds, Truth
from sandbox.demo.edits import Edit
from sandbox.demo.verdict import expected_counts, judge, lost_edits
from schemas.flows import FLOWS, SIDES, Fields
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.state import Link, SideState

MAPPING = load_mapping(None, MappingOptions())
ANN: Fields = {"first_name": "Ann", "email": "Ann@example.com", "phone": "(212) 555-0100"}
ANN_IN_ERP: Fields = {"first_name": "Ann", "email": "ann@example.com", "phone": "+1 212 555 0100"}


def pair(name: str, keap: str | None, erp: str | None, state: str = "linked", **more: object) -> Link:
    """A link of contacts."""
    return Link(id=name, connection="demo", flow="contact", state=state, keap=SideState(id=keap), erp=SideState(id=erp), **more)  # type: ignore[arg-type]


@pytest.fixture
def seeds() -> Seeds:
    """One true pair, and one person whom Keap has twice."""
    seeds = Seeds()
    seeds.add("contact", keap={}, erp={})
    seeds.add_ambiguous("contact", keap=[{}, {}], erp=[{}])
    return seeds


TRUTH = Truth({"contact": [("1", "a")]}, {"contact": [Group(("2", "3"), ("b",))]})


def links() -> list[Link]:
    """What the sync makes of it."""
    refs = ["keap/contact/2", "keap/contact/3", "erp/contact/b"]
    reviews = [pair(ref, *(("2", None), ("3", None), (None, "b"))[number], "review") for number, ref in enumerate(refs)]
    for link in reviews:
        link.candidates = [ref for ref in refs if ref != link.id]
    return [pair("one", "1", "a"), *reviews]


def world() -> World:
    """What both systems show."""
    records: dict[object, dict[str, Fields]] = {(side, flow): {} for side in SIDES for flow in FLOWS}
    records["keap", "contact"] = {"1": dict(ANN), "2": {}, "3": {}}
    records["erp", "contact"] = {"a": dict(ANN_IN_ERP), "b": {}}
    return World(records, MAPPING, {})  # type: ignore[arg-type]


def sentences(world: World, links: list[Link], seeds: Seeds) -> str:
    """Everything the verdict complains of."""
    verdict = judge(world, _all(links), seeds, TRUTH)
    return "\n".join(each.what for each in (*verdict.differences, *verdict.duplicates))


def _all(links: list[Link]) -> object:
    from console.read_model import Links  # noqa: PLC0415

    return Links(tuple(links))


def test_all_as_promised(seeds: Seeds):
    """Spellings that the mapping calls equal are no difference."""
    verdict = judge(world(), _all(links()), seeds, TRUTH)
    assert verdict.good, verdict
    assert verdict.line == "demo: 1 pairs, 0 differences, 0 duplicates"
    assert verdict.reviews["contact"] == 3


def test_a_field_that_differs(seeds: Seeds):
    """Named with both values."""
    changed = world()
    changed.records["erp", "contact"]["a"]["first_name"] = "Anna"
    assert "first_name: keap 'Ann', erp 'Anna'" in sentences(changed, links(), seeds)


def test_a_record_that_is_gone(seeds: Seeds):
    """Its pair is a difference."""
    changed = world()
    del changed.records["erp", "contact"]["a"]
    assert "not in erp" in sentences(changed, links(), seeds)


def test_a_true_pair_that_was_not_linked(seeds: Seeds):
    """And its records are without a twin."""
    found = sentences(world(), [pair("x", "1", None, "half"), pair("y", None, "a", "half"), *links()[1:]], seeds)
    assert "true pair keap 1, erp a is not linked" in found
    assert "keap/contact/1 has no twin" in found


def test_an_ambiguous_record_that_was_linked(seeds: Seeds):
    """Nobody could know, so nobody may."""
    guessed = [*links()[:1], pair("guess", "2", "b"), links()[2]]
    assert "keap/contact/2 is not in review with all of" in sentences(world(), guessed, seeds)


def test_a_record_too_many(seeds: Seeds):
    """One duplicate for each."""
    changed = world()
    changed.records["erp", "contact"] |= {"c": {}, "d": {}}
    verdict = judge(changed, _all(links()), seeds, TRUTH)
    assert len(verdict.duplicates) == 2


def test_a_record_in_two_links(seeds: Seeds):
    """Counted as a duplicate."""
    assert "keap/contact/1 is linked 2 times" in sentences(world(), [*links(), pair("two", "1", None, "half")], seeds)


def test_a_write_that_was_refused(seeds: Seeds):
    """Its reason is shown."""
    refused = links()
    refused[0].erp = SideState(id="a", blocked="422 phone: too long")
    assert "422 phone: too long" in sentences(world(), refused, seeds)


def test_an_edit_that_was_lost():
    """Even when both sides agree afterwards."""
    edit = Edit("keap", links()[0], "first_name", "Maximilian")
    assert lost_edits(world(), [edit])
    assert not lost_edits(world(), [replace(edit, value="Ann")])


def test_counts_are_those_of_a_world_in_order():
    """Every record has one twin, the ambiguous none; orders are not made into opportunities."""
    seeds = Seeds()
    seeds.add("company", keap={}, erp={})
    seeds.add("company", keap={})
    seeds.add("company", erp={})
    seeds.add("opportunity", keap={})
    seeds.add("opportunity", erp={})
    counts = expected_counts(seeds)
    assert (counts["keap", "company"], counts["erp", "company"]) == (3, 3)
    assert (counts["keap", "opportunity"], counts["erp", "opportunity"]) == (1, 2)
