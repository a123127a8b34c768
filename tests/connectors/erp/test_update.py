"""Updates are made on the version they were decided on."""

from __future__ import annotations

import pytest

from connectors.base import Record
from connectors.erp import ErpConnector
from schemas.errors import AmbiguousError, ConflictError, GoneError
from tests.connectors.conftest import Run
from tests.connectors.erp.conftest import Screens


@pytest.fixture
def base(erp: ErpConnector, run: Run) -> Record:
    """One customer."""
    return run(erp.create("company", {"name": "Engines"}, stamp="link-1", key="k"))


def test_an_update_returns_the_next_version(base: Record, erp: ErpConnector, run: Run):
    """The answer is the read-back."""
    updated = run(erp.update("company", base, {"notes": "x"}))
    assert (updated.version, updated.fields["notes"], updated.fields["name"]) == (2, "x", "Engines")


def test_a_record_that_moved_comes_with_the_conflict(base: Record, screens: Screens, erp: ErpConnector, run: Run):
    """Nothing was written, and no further call is needed to see why."""
    screens.edit(f"customers/{base.id}", name="Renamed")
    calls = erp.calls
    with pytest.raises(ConflictError) as caught:
        run(erp.update("company", base, {"name": "Mine"}))
    current = caught.value.record
    assert isinstance(current, Record)
    assert (current.version, current.fields["name"], current.fields["external_id"]) == (2, "Renamed", "link-1")
    assert erp.calls == calls + 1
    assert run(erp.update("company", current, {"notes": "x"})).fields["name"] == "Renamed"


def test_without_versions_the_patch_is_made_on_whatever_is_there(base: Record, screens: Screens, erp: ErpConnector, run: Run):
    """An ERP that offers less says so, and the traits say so."""
    screens.put("capabilities", versions=False, idempotency=False)
    assert run(erp.check()) == []
    traits = erp.traits("company")
    assert (traits.versions, traits.keys, traits.changes, traits.rounded_ms) == (False, False, "since", 0)
    screens.edit(f"customers/{base.id}", name="Renamed")
    updated = run(erp.update("company", base, {"notes": "x"}))
    assert (updated.version, updated.fields["name"], updated.fields["notes"]) == (None, "Renamed", "x")


def test_a_lost_reply_to_an_update_is_ambiguous(base: Record, screens: Screens, erp: ErpConnector, run: Run):
    """The repeat meets its own version and is told so."""
    screens.put("faults", methods=["PATCH"], drop_reply=1.0)
    with pytest.raises(AmbiguousError):
        run(erp.update("company", base, {"notes": "x"}))
    screens.put("faults")
    with pytest.raises(ConflictError) as caught:
        run(erp.update("company", base, {"notes": "x"}))
    assert isinstance(caught.value.record, Record)
    assert caught.value.record.fields["notes"] == "x"


def test_a_deleted_record_cannot_be_changed(base: Record, screens: Screens, erp: ErpConnector, run: Run):
    """It is gone to writes, though it can still be read."""
    screens.delete(f"customers/{base.id}")
    with pytest.raises(GoneError):
        run(erp.update("company", base, {"notes": "x"}))
    assert run(erp.get("company", base.id)).deleted


def test_an_unknown_record_is_gone(erp: ErpConnector, run: Run):
    """404, with an id of any shape."""
    with pytest.raises(GoneError):
        run(erp.get("company", "cu-99"))
    with pytest.raises(GoneError):
        run(erp.get("company", "a/b?c"))
