"""Recognising what a lost create made."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from connectors.base import Record
from streams.write.lookup import created
from tests.write.conftest import a_create

ISSUED_AT = 1_000_000
PRODUCT = a_create(entity="product", issued_at=ISSUED_AT, fields={"name": "Bolt", "sku": "B-1"}, match={"sku": "B-1"})
CONTACT = a_create(issued_at=ISSUED_AT)
MADE = Record("7", {"name": "Bolt", "sku": "B-1"}, created_at=ISSUED_AT + 10)


def test_the_stamp_decides_alone() -> None:
    """A record with our stamp is ours, one that merely looks alike is not."""
    ours = Record("8", {"stamp": "L1"}, created_at=ISSUED_AT)
    twin = Record("9", dict(CONTACT.fields), created_at=ISSUED_AT)
    assert created([twin, ours], CONTACT, "stamp", 0) is ours
    assert created([twin], CONTACT, "stamp", 0) is None


def test_without_a_stamp_all_fields_sent_decide() -> None:
    """The target may have trimmed and upper-cased them."""
    respelled = replace(MADE, fields={"name": " BOLT ", "sku": "b-1", "more": "x"})
    assert created([respelled], PRODUCT, None, 0) is respelled


def test_without_a_stamp_the_match_keys_decide_where_a_field_was_stored_differently() -> None:
    """The key is what tells records apart."""
    shortened = replace(MADE, fields={"name": "Bo", "sku": "B-1"})
    assert created([shortened], PRODUCT, None, 0) is shortened


def test_the_record_that_shows_everything_comes_before_one_that_shares_the_key() -> None:
    """Two records may share a sku."""
    other = replace(MADE, id="8", fields={"name": "Nut", "sku": "B-1"})
    assert created([other, MADE], PRODUCT, None, 0) is MADE


def test_a_record_older_than_the_command_is_somebody_elses() -> None:
    """It was there before we sent anything."""
    assert created([replace(MADE, created_at=ISSUED_AT - 5_001)], PRODUCT, None, 0) is None


def test_rounded_times_are_given_their_second() -> None:
    """Keap shows whole seconds."""
    assert created([replace(MADE, created_at=ISSUED_AT - 5_900)], PRODUCT, None, 1_000) is not None


def test_a_clock_that_is_behind_does_not_make_a_record_old() -> None:
    """Ten minutes that are measured: it was made after the command all the same. Ten that are not would make a second record."""
    made = replace(MADE, created_at=ISSUED_AT - 600_000)
    assert created([made], PRODUCT, None, 0, -600_000) is made
    assert created([made], PRODUCT, None, 0) is None


def test_a_deleted_record_is_not_found() -> None:
    """It is made again."""
    assert created([replace(MADE, deleted=True)], PRODUCT, None, 0) is None


def test_nothing_sent_matches_nothing() -> None:
    """An empty create would match every record."""
    assert created([MADE], structs.replace(PRODUCT, fields={"name": None}, match={}), None, 0) is None
