"""Comparing what a record shows with a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.flows import Fields, Value
from streams.write.compare import alike, exact, same, verdict

VALUES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b", "1.5", "1.50", "2"])
FIELDS = st.dictionaries(st.sampled_from("xyz"), VALUES)


@pytest.mark.parametrize(
    ("shown", "wanted", "expected", "said"),
    [
        ({"x": "old"}, {"x": "new"}, {"x": "old"}, "expected"),
        ({"x": "new"}, {"x": "new"}, {"x": "old"}, "done"),
        ({"x": "other"}, {"x": "new"}, {"x": "old"}, "moved"),
        ({"x": "new", "y": "old"}, {"x": "new", "y": "new"}, {"x": "old", "y": "old"}, "expected"),
        ({"x": "old", "y": "other"}, {"x": "new", "y": "new"}, {"x": "old", "y": "old"}, "moved"),
        ({"x": "old", "y": "whatever"}, {"x": "new"}, {"x": "old"}, "expected"),
        ({}, {"x": "new"}, {"x": ""}, "expected"),
        ({"x": ""}, {"x": None}, {"x": "old"}, "done"),
        ({"x": "12.50"}, {"x": "12.5"}, {"x": "10"}, "done"),
        ({"x": "1.5"}, {"x": "1.50"}, {"x": "1.5"}, "expected"),
        ({"x": "007"}, {"x": "7"}, {"x": "007"}, "expected"),
    ],
)
def test_the_verdict_says_what_is_left_to_write(shown: Fields, wanted: Fields, expected: Fields, said: str) -> None:
    """A field shows what is wanted, what was expected, or neither."""
    assert verdict(shown, wanted, expected) == said


@given(FIELDS, FIELDS)
def test_what_shows_all_that_is_wanted_is_never_written(wanted: Fields, expected: Fields) -> None:
    """Repeating a finished command finds it done."""
    assert verdict(wanted, wanted, expected) == "done"


@given(FIELDS, FIELDS, FIELDS)
def test_nothing_unexpected_is_overwritten(shown: Fields, wanted: Fields, expected: Fields) -> None:
    """A write happens only where each field shows what was expected or what is wanted."""
    if verdict(shown, wanted, expected) == "expected":
        assert all(same(shown.get(path), expected.get(path)) or same(shown.get(path), value) for path, value in wanted.items())


@given(VALUES, VALUES)
def test_each_comparison_forgives_more_than_the_one_before(one: Value, other: Value) -> None:
    """Exact is same, same is alike."""
    assert not exact(one, other) or same(one, other)
    assert not same(one, other) or alike(one, other)


def test_a_number_is_no_boolean() -> None:
    """Python's True equals 1; a field's does not."""
    assert not exact(True, 1)


def test_a_code_is_no_decimal() -> None:
    """Without a point, digits are a code: leading zeros count."""
    assert not same("007", "7")
