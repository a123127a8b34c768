"""A pair's page says all there is to know of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import Result

from tests.console.conftest import Place
from tests.console.samples import in_flight, link

pytestmark = pytest.mark.broker

Keapsync = Callable[..., Result]


def test_both_sides_values_and_what_is_in_flight(place: Place, keapsync: Keapsync):
    """The other side's own spelling shows where it differs."""
    pair = in_flight(link(place.connection, keap=f"{place.connection}-1", erp="co-1", first_name="Ann", phone="(212) 555-0100"), 1000)
    pair.erp.seen = {"phone": "+1 212 555 0100"}
    place.put_links(pair)
    result = keapsync("--config", place.config, "links", "--id", f"{place.connection}-1")
    assert result.exit_code == 0
    for words in (pair.id, "erp/contact/co-1", "(212) 555-0100", "+1 212 555 0100", "update in flight since 1970-01-01 00:00:01Z"):
        assert words in result.stdout


def test_the_gate_a_half_waits_for(place: Place, keapsync: Keapsync):
    """By its full name: whose twin it is."""
    half = link(place.connection, state="half", keap=f"{place.connection}-2")
    half.gate = "ref/keap/company/7"
    place.put_links(half)
    assert "ref/keap/company/7" in keapsync("--config", place.config, "links", "--id", half.id).stdout


def test_the_list_can_be_narrowed(place: Place, keapsync: Keapsync):
    """By flow and state."""
    deal = link(place.connection, flow="opportunity", state="orphan", keap="1", title=f"Deal {place.connection}")
    place.put_links(deal, link(place.connection, keap="1"))
    listed = keapsync("--config", place.config, "links", "--flow", "opportunity", "--state", "orphan", "--limit", "1000").stdout
    assert deal.id in listed
    assert "contact" not in listed


def test_the_list_can_be_narrowed_to_what_waits_for_something(place: Place, keapsync: Keapsync):
    """A field that waits for a choice is found behind the gate its pair waits at."""
    disputed, other = (link(place.connection, keap=name, erp=name) for name in ("1", "2"))
    disputed.gates, disputed.disputed, other.gates = ["breaker/contact/erp"], ["email"], ["breaker/contact/erp"]
    place.put_links(disputed, other)
    chosen, stopped = (
        keapsync("--config", place.config, "links", "--waits", what, "--limit", "1000").stdout for what in ("choose", "breaker")
    )
    assert [each.id in chosen for each in (disputed, other)] == [True, False]
    assert [each.id in stopped for each in (disputed, other)] == [True, True]


def test_an_id_nobody_has_is_an_error(place: Place, keapsync: Keapsync):
    """It says what was looked at."""
    result = keapsync("--config", place.config, "links", "--id", "nobody")
    assert result.exit_code == 1
    assert "neither as its id, nor as a ref, nor as a record's id" in result.stderr
