"""The answer to a write is the read-back, unless it leaves something out."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.keap.contact import CONTACT
from connectors.keap.opportunity import OPPORTUNITY
from connectors.keap.sink import lacks

TIME = {"update_time": "2026-03-01T10:00:00.000Z"}


@pytest.mark.parametrize(
    ("shown", "body", "before", "expected"),
    [
        ({"id": "1", **TIME}, {}, {}, False),
        ({"id": "1"}, {}, {}, True),
        ({"id": "1", **TIME}, {"given_name": "Ada"}, {}, True),
        ({"id": "1", **TIME, "given_name": "Ada"}, {"given_name": "Ada"}, {}, False),
        ({"id": "1", **TIME}, {"given_name": None}, {"given_name": "Ada"}, False),
        ({"id": "1", **TIME}, {}, {"email_addresses": [{"email": "a"}]}, True),
        ({"id": "1", **TIME}, {}, {"email_addresses": [], "company": None}, False),
    ],
)
def test_an_answer_lacks_what_should_be_in_it(shown: dict[str, Any], body: dict[str, Any], before: dict[str, Any], expected: bool):  # noqa: FBT001 - a table
    """Its time, what was written, what was there; members the server leaves out when empty are no lack."""
    assert lacks(CONTACT, shown, body, before) is expected


def test_a_flat_id_is_looked_for_where_it_is_read():
    """contact_id is shown as contact."""
    shown = {"id": "1", "last_updated_time": "x", "stage": {"id": "2"}}
    assert lacks(OPPORTUNITY, shown, {"contact_id": "7", "stage_id": "2"}, {})
    assert not lacks(OPPORTUNITY, {**shown, "contact": {"id": "7"}}, {"contact_id": "7", "stage_id": "2"}, {})
