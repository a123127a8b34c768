"""What a side lacks is said in words, and what could make a record twice is refused."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from connectors.base import Traits
from schemas.flows import FLOWS, Flow, Side
from streams.capabilities import meanings, refusals
from streams.connections import mapping_of
from streams.settings import ConnectionSettings, Settings

WHOLE = Traits("since", versions=True, keys=True, rounded_ms=0, stamps=True, look_up=True, soft_deletes=True, hooks=True)
ACCOUNT = {"url": "http://127.0.0.1:1", "token": "t"}


def connection(**flows: dict[str, bool]) -> ConnectionSettings:
    """Return a connection whose flows are set so."""
    return ConnectionSettings.model_validate({"keap": ACCOUNT, "erp": ACCOUNT, "flows": flows})


def refused(traits: Traits, side: Side = "erp", **flows: dict[str, bool]) -> list[str]:
    """Return the flows that are refused."""
    one = connection(**flows)
    mapping = mapping_of(Settings(), one)
    return [sentence.split(": ")[1] for sentence in refusals("main", one, side, mapping, dict.fromkeys(FLOWS, traits))]


def test_nothing_is_said_of_an_erp_that_offers_everything() -> None:
    """And nothing is refused."""
    assert meanings(dict.fromkeys(FLOWS, WHOLE)) == []
    assert refused(WHOLE) == []


@pytest.mark.parametrize("name", [field.name for field in fields(Traits) if field.type == "bool"])
def test_each_thing_that_is_missing_has_its_sentence(name: str) -> None:
    """One, of its own."""
    poorer = replace(WHOLE, **{name: False})
    assert len(meanings(dict.fromkeys(FLOWS, poorer))) == 1


@pytest.mark.parametrize(("changes", "words"), [("newest_first", "newest first"), ("scan", "every record")])
def test_the_flows_that_are_read_slowly_are_named(changes: str, words: str) -> None:
    """Each way once, with its flows."""
    traits: dict[Flow, Traits] = dict.fromkeys(FLOWS, WHOLE)
    traits["product"] = replace(WHOLE, changes=changes)  # type: ignore[arg-type]
    (sentence,) = meanings(traits)
    assert "(product)" in sentence
    assert words in sentence


def test_a_side_on_which_a_lost_create_cannot_be_found_is_refused() -> None:
    """Neither key nor stamp nor time of creation: each of the three is enough for a flow with match rules."""
    nothing = replace(WHOLE, keys=False, stamps=False, look_up=False)
    assert refused(nothing) == [*FLOWS]
    for enough in ("keys", "stamps", "look_up"):
        assert [flow for flow in refused(replace(nothing, **{enough: True})) if flow != "opportunity"] == []


def test_a_flow_without_match_rules_needs_a_stamp() -> None:
    """Nothing else tells its twins after a total loss."""
    assert refused(replace(WHOLE, stamps=False)) == ["opportunity"]


def test_best_effort_runs_it_all_the_same() -> None:
    """On the operator's word, flow by flow."""
    nothing = replace(WHOLE, keys=False, stamps=False, look_up=False)
    assert refused(nothing, company={"best_effort": True}, opportunity={"enabled": False}) == ["contact", "product"]


def test_only_the_side_that_is_written_counts() -> None:
    """Opportunities are not created in Keap by default."""
    assert "opportunity" not in refused(replace(WHOLE, keys=False, stamps=False, look_up=False), side="keap")
