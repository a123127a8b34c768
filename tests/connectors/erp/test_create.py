"""Creating once, whatever becomes of the reply."""

from __future__ import annotations

import pytest

from connectors.base import Record
from connectors.erp import ErpConnector
from schemas.errors import AmbiguousError, ConflictError, RejectedError
from schemas.flows import Fields
from tests.connectors.conftest import Run
from tests.connectors.erp.conftest import Screens

FIELDS: Fields = {"name": "Analytical Engines"}


@pytest.mark.parametrize("fault", ["drop_reply", "error_after", "error_before"])
def test_a_repeat_after_a_lost_reply_makes_nothing_twice(screens: Screens, erp: ErpConnector, run: Run, fault: str):
    """The same key answers with the record made the first time, if it was."""
    screens.put("faults", methods=["POST"], **{fault: 1.0})
    with pytest.raises(AmbiguousError):
        run(erp.create("company", FIELDS, stamp="link-1", key="k"))
    screens.put("faults")
    created = run(erp.create("company", FIELDS, stamp="link-1", key="k"))
    assert created.fields["external_id"] == "link-1"
    assert screens.count("customers") == 1


def test_a_repeat_shows_the_record_as_it_is_now(screens: Screens, erp: ErpConnector, run: Run):
    """An edit in between is seen, not lost."""
    created = run(erp.create("company", FIELDS, stamp=None, key="k"))
    screens.edit(f"customers/{created.id}", notes="by hand")
    again = run(erp.create("company", FIELDS, stamp=None, key="k"))
    assert (again.id, again.fields["notes"], again.version) == (created.id, "by hand", 2)


def test_a_key_used_for_something_else_is_refused(erp: ErpConnector, run: Run):
    """Two commands never share a key; if they do, nothing is overwritten."""
    run(erp.create("company", FIELDS, stamp=None, key="k"))
    with pytest.raises(RejectedError, match="another request"):
        run(erp.create("company", {"name": "Other"}, stamp=None, key="k"))


@pytest.mark.parametrize("deleted", [False, True])
def test_a_stamp_that_is_taken_brings_its_holder(screens: Screens, erp: ErpConnector, run: Run, deleted: bool):  # noqa: FBT001 - a table
    """The record that has it comes with the conflict, a deleted one too."""
    holder = run(erp.create("company", FIELDS, stamp="link-1", key="k"))
    if deleted:
        screens.delete(f"customers/{holder.id}")
    with pytest.raises(ConflictError, match="link-1 is taken") as caught:
        run(erp.create("company", {"name": "Other"}, stamp="link-1", key="k2"))
    assert isinstance(caught.value.record, Record)
    assert (caught.value.record.id, caught.value.record.deleted) == (holder.id, deleted)


def test_a_missing_reference_is_refused(erp: ErpConnector, run: Run):
    """An order needs its contact."""
    with pytest.raises(RejectedError, match="contact_id"):
        run(erp.create("opportunity", {"title": "T", "contact_id": "co-99"}, stamp=None, key="k"))
