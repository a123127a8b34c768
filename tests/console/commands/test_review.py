"""Reviews are listed with their candidates, and the operator's answers reach the control topic."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import Result

from console.read_model import read_records
from schemas.records import Control
from streams.topics import CONTROL
from tests.console.conftest import Place
from tests.console.samples import link

pytestmark = pytest.mark.broker

Keapsync = Callable[..., Result]


def asked(place: Place) -> list[tuple[str, dict[str, str]]]:
    """What operators asked for on this connection."""
    return [(each.op, each.args) for each in read_records(place.settings, CONTROL, Control) if each.connection == place.connection]


def test_a_group_is_listed_with_all_it_may_be(place: Place, keapsync: Keapsync):
    """Name, ref and reason."""
    one = link(place.connection, state="review", keap=f"{place.connection}-1", email="ann@example.com")
    one.candidates, one.reason = [f"erp/contact/{place.connection}-9"], "several records share email"
    place.put_links(one)
    result = keapsync("--config", place.config, "review", "list")
    assert result.exit_code == 0
    for words in (f"keap/contact/{place.connection}-1", "ann@example.com", "several records share email", one.candidates[0]):
        assert words in result.stdout


def test_two_records_are_declared_twins(place: Place, keapsync: Keapsync):
    """By refs; the request names the links."""
    one = link(place.connection, state="review", keap=f"{place.connection}-2")
    two = link(place.connection, state="review", erp=f"{place.connection}-3")
    place.put_links(one, two)
    result = keapsync("--config", place.config, "review", "link", f"keap/contact/{one.keap.id}", f"erp/contact/{two.erp.id}")
    assert result.exit_code == 0
    assert asked(place) == [("link", {"a": one.id, "b": two.id})]


def test_records_of_different_kinds_cannot_be_twins(place: Place, keapsync: Keapsync):
    """Nothing is asked for."""
    one, two = link(place.connection, keap=f"{place.connection}-4"), link(place.connection, flow="company", erp=f"{place.connection}-5")
    place.put_links(one, two)
    result = keapsync("--config", place.config, "review", "link", one.id, two.id)
    assert result.exit_code == 1
    assert "they cannot be twins" in result.stderr
    assert asked(place) == []


def test_a_record_that_has_a_twin_is_not_linked_to_another(place: Place, keapsync: Keapsync):
    """The sentence says what comes first."""
    pair, alone = link(place.connection, keap=f"{place.connection}-8", erp="y"), link(place.connection, keap=f"{place.connection}-9")
    place.put_links(pair, alone)
    result = keapsync("--config", place.config, "review", "link", alone.id, pair.id)
    assert result.exit_code == 1
    assert f"review unlink {pair.id}" in result.stderr
    assert asked(place) == []


def test_two_records_of_one_side_are_no_twins(place: Place, keapsync: Keapsync):
    """Nothing is asked for."""
    one, two = link(place.connection, keap=f"{place.connection}-10"), link(place.connection, keap=f"{place.connection}-11")
    place.put_links(one, two)
    result = keapsync("--config", place.config, "review", "link", one.id, two.id)
    assert result.exit_code == 1
    assert "one record of each" in result.stderr
    assert asked(place) == []


def test_what_is_no_pair_cannot_be_taken_apart(place: Place, keapsync: Keapsync):
    """Better than a request that is silently refused."""
    alone = link(place.connection, keap=f"{place.connection}-12")
    place.put_links(alone)
    result = keapsync("--config", place.config, "review", "unlink", alone.id)
    assert result.exit_code == 1
    assert "no pair" in result.stderr
    assert asked(place) == []


def test_a_pair_is_taken_apart_and_a_record_ignored(place: Place, keapsync: Keapsync):
    """Both are named by whatever the operator has in hand."""
    pair, alone = link(place.connection, keap=f"{place.connection}-6", erp="x"), link(place.connection, keap=f"{place.connection}-7")
    place.put_links(pair, alone)
    assert keapsync("--config", place.config, "review", "unlink", pair.id).exit_code == 0
    assert keapsync("--config", place.config, "review", "ignore", f"keap/contact/{alone.keap.id}").exit_code == 0
    assert asked(place) == [("unlink", {"link": pair.id}), ("ignore", {"ref": alone.id})]


def test_a_name_that_nobody_has_is_an_error(place: Place, keapsync: Keapsync):
    """Better than a request that is silently refused."""
    result = keapsync("--config", place.config, "review", "ignore", "keap/contact/nobody")
    assert result.exit_code == 1
    assert "no link has keap/contact/nobody" in result.stderr
