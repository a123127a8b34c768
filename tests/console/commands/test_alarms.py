"""Scans that nobody believes are listed, and the operator's word on them reaches the control topic."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import Result

from console.read_model import read_records
from schemas.records import Control, Survey
from streams.topics import CONTROL, CURSORS
from tests.console.conftest import Place

pytestmark = pytest.mark.broker

Keapsync = Callable[..., Result]


@pytest.fixture
def alarmed(place: Place) -> Place:
    """Half of the ERP's customers were not shown."""
    survey = Survey(place.connection, "erp", "customer", swept_at=1000, known=20, found=10, alarm_at=1000, hinted=5, missed=2)
    place.put(CURSORS, survey, Survey(place.connection, "keap", "company", known=20, found=20))
    return place


def asked(place: Place) -> list[tuple[str, dict[str, str]]]:
    """What operators asked for on this connection."""
    return [(each.op, each.args) for each in read_records(place.settings, CONTROL, Control) if each.connection == place.connection]


def test_an_alarm_is_listed_with_what_was_known_and_shown(alarmed: Place, keapsync: Keapsync):
    """A whole scan is none."""
    printed = keapsync("--config", alarmed.config, "alarms", "list").stdout
    (line,) = [line for line in printed.splitlines() if alarmed.connection in line]
    assert line.split() == [f"{alarmed.connection}/erp/company", "1970-01-01", "00:00:01Z", "20", "10"]


@pytest.mark.parametrize("op", ["commit", "discard"])
def test_an_operator_decides_about_an_alarm(alarmed: Place, keapsync: Keapsync, op: str):
    """For the flow of the side it is about."""
    result = keapsync("--config", alarmed.config, "alarms", op, f"{alarmed.connection}/erp/company")
    assert result.exit_code == 0, result.stderr
    assert asked(alarmed) == [(op, {"side": "erp", "flow": "company"})]


def test_what_is_no_alarm_cannot_be_decided(alarmed: Place, keapsync: Keapsync):
    """A sentence, and nothing is asked for."""
    result = keapsync("--config", alarmed.config, "alarms", "commit", f"{alarmed.connection}/keap/company")
    assert result.exit_code == 1
    assert "is no alarm" in result.stderr
    assert asked(alarmed) == []


def test_status_warns_of_short_scans_and_lost_hooks(alarmed: Place, keapsync: Keapsync):
    """With the numbers."""
    printed = keapsync("--config", alarmed.config, "status").stdout
    assert f"{alarmed.connection}: erp/customer: a full scan showed 10 of 20 known records" in printed
    assert "no hook announced 2 changes that polls found; hooks brought 5" in printed
