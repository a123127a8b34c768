"""Approvals, choices, thaws and breakers reach the control topic; what does not fit is refused with a sentence."""

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


def test_a_flow_and_a_link_are_approved(place: Place, keapsync: Keapsync):
    """A flow by its name, a link by whatever the operator has in hand."""
    one = link(place.connection, keap=f"{place.connection}-20")
    place.put_links(one)
    assert keapsync("--config", place.config, "approve", "contact").exit_code == 0
    assert keapsync("--config", place.config, "approve", f"keap/contact/{one.keap.id}").exit_code == 0
    assert asked(place) == [("approve", {"flow": "contact"}), ("approve", {"link": one.id})]


def test_a_choice_and_a_thaw_name_a_field_that_waits_for_them(place: Place, keapsync: Keapsync):
    """Any other field is refused, with those that do wait."""
    one = link(place.connection, keap=f"{place.connection}-21", erp="y")
    one.disputed, one.frozen = ["email"], ["phone"]
    place.put_links(one)
    refused = keapsync("--config", place.config, "choose", one.id, "phone", "keap")
    assert refused.exit_code == 1
    assert "phone" in refused.stderr
    assert "disputed: email" in refused.stderr
    assert keapsync("--config", place.config, "choose", one.id, "email", "erp").exit_code == 0
    assert keapsync("--config", place.config, "thaw", one.id, "phone").exit_code == 0
    assert asked(place) == [
        ("choose", {"link": one.id, "field": "email", "side": "erp"}),
        ("thaw", {"link": one.id, "field": "phone"}),
    ]


def test_stopped_writes_are_listed_and_let_go_or_withheld(place: Place, keapsync: Keapsync):
    """The list counts the links that wait at each breaker."""
    one = link(place.connection, keap=f"{place.connection}-22", erp="z")
    one.gates = ["breaker/contact/erp"]
    place.put_links(one)
    assert place.connection in keapsync("--config", place.config, "breakers", "list").stdout
    for word in ("release", "withhold"):
        assert keapsync("--config", place.config, "breakers", word, "contact", "erp").exit_code == 0
    assert asked(place) == [(word, {"flow": "contact", "side": "erp"}) for word in ("release", "withhold")]
