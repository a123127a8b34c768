"""Filter terms, and values that cannot stand in one."""

from __future__ import annotations

import pytest

from connectors.keap.filters import changed_since, equals, id_above, joined


def test_terms_are_joined_by_semicolons():
    """All must hold; missing terms drop out."""
    assert joined(changed_since("since_time", 0), None, id_above("company_id", "7")) == {
        "filter": "since_time==1970-01-01T00:00:00.000Z;company_id>7"
    }


def test_no_terms_are_no_parameter():
    """An empty filter is not sent."""
    assert joined(None) == {}


@pytest.mark.parametrize("value", ["A;name==B", "A*", "a==b", "", None, 7, "å"])
def test_a_value_that_would_mean_something_else_is_not_filtered_by(value: str | int | None):
    """Nothing can be escaped."""
    assert equals("sku", value) is None


def test_a_plain_value_is():
    """Letters, digits and what articles are numbered with."""
    assert equals("sku", "DE-1.2/3_x y") == "sku==DE-1.2/3_x y"
