"""Which faults keep `run` from starting anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.keap.model import TenantModel
from console.checks import Checked, hindrances
from schemas.flows import SIDES
from streams.settings import Settings
from streams.tenants import remember

REFUSED = Checked("more: keap", ("keap: credentials refused",), held="more")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two connections, of which nothing is remembered."""
    account = {"url": "http://127.0.0.1:9", "token": "t"}
    connections = {name: dict.fromkeys(SIDES, account) for name in ("main", "more")}
    return Settings(data_dir=tmp_path, connections=connections)  # type: ignore[arg-type]


def test_an_account_that_worked_before_holds_its_own_connection_alone(settings: Settings):
    """The others start without it."""
    remember(settings, "more", TenantModel({}, "USD"))
    assert hindrances(settings, [Checked("main: keap", ()), REFUSED]) == []


def test_a_new_connection_has_to_be_whole(settings: Settings):
    """Whoever sets it up reads at once what is wrong."""
    assert hindrances(settings, [Checked("main: keap", ()), REFUSED]) == ["keap: credentials refused"]


def test_where_no_connection_is_whole_nothing_is_started(settings: Settings):
    """Every fault is told."""
    for name in settings.connections:
        remember(settings, name, TenantModel({}, "USD"))
    both = [Checked("main: erp", ("erp: away",), held="main"), REFUSED]
    assert hindrances(settings, both) == ["erp: away", "keap: credentials refused"]


def test_what_no_connection_can_do_without_is_never_waited_for(settings: Settings):
    """A mapping, the topics, the registry, and what an account offers."""
    remember(settings, "more", TenantModel({}, "USD"))
    found = [Checked("topics", ("missing: keapsync.links",)), Checked("more: erp", ("more: contact: could be made twice",))]
    assert hindrances(settings, found) == ["missing: keapsync.links", "more: contact: could be made twice"]
