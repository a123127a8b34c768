"""Telling whether a record is what was last published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.capture.fingerprint import SIZE, fingerprint, trusted
from tests.capture.conftest import a_record


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": {"given_name": "Anna"}},
        {"fields": {"given_name": "Ann", "family_name": "Lee"}},
        {"version": 2},
        {"updated_at": 2_000},
        {"deleted": True},
    ],
)
def test_whatever_changes_changes_the_fingerprint(changes: dict[str, Any]) -> None:
    """Fields, version, time of change, deletion."""
    assert fingerprint(a_record(**changes)) != fingerprint(a_record())


def test_nothing_is_nothing_however_it_is_spelled() -> None:
    """Null, "" and missing are one value; zero and false are not."""
    empty = fingerprint(a_record(fields={}))
    assert fingerprint(a_record(fields={"x": None, "y": ""})) == empty
    assert fingerprint(a_record(fields={"x": 0})) != empty
    assert fingerprint(a_record(fields={"x": False})) != fingerprint(a_record(fields={"x": 0}))


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_any_record_has_one(fields: dict[str, bool | int | str | None]) -> None:
    """Also one no topic would take: huge integers, lone surrogates."""
    record = a_record(fields=fields)
    assert len(fingerprint(record)) == SIZE
    assert fingerprint(record) == fingerprint(a_record(fields=dict(reversed(fields.items()))))
    assert fingerprint(a_record(fields={**fields, "x": "\ud800"})) != fingerprint(a_record(fields={**fields, "x": "y"}))


def test_a_young_record_is_not_trusted() -> None:
    """Another edit may carry the same second, and a replica may still show an older state."""
    record = a_record(updated_at=5_000)
    assert not trusted(record, 5_999, 0)
    assert trusted(record, 6_000, 0)
    assert not trusted(record, 15_999, 10_000)
    assert trusted(record, 16_000, 10_000)


def test_a_deletion_under_a_version_is_final() -> None:
    """The next life of the record has another version."""
    deleted = a_record(updated_at=5_000, deleted=True)
    assert not trusted(deleted, 5_000, 0)
    assert trusted(replace(deleted, version=3), 5_000, 0)
