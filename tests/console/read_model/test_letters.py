"""A dead letter is open until its record, or its field, came through."""

from __future__ import annotations

from typing import Any

import pytest

from console.read_model.letters import sort_letters
from console.read_model.links import Links
from schemas.codec import encode
from schemas.records import Change, DeadLetter
from streams.sync.state import Link
from streams.topics import CHANGES, COMMANDS
from tests.console.samples import in_flight, link

AT = 1_790_000_000_000


@pytest.fixture
def pair() -> Link:
    """Return a pair with nothing left to do."""
    return link("main", keap="1", erp="2", phone="5")


def letter(pair: Link | None, at: int = AT, **more: Any) -> DeadLetter:
    """Return what the sync stage, or the writer of the ERP, could not do."""
    told: dict[str, Any] = {"stage": "sync", "topic": CHANGES, "value_bytes": b"x", "flow": "contact"}
    told |= {"link": pair.id, "side": "erp", "field": "phone"} if pair else {}
    told |= more
    return DeadLetter(f"{at}", "main", partition=0, offset=at, key_bytes=None, error="MappingError", message="m", at=at, **told)


def is_open(one: DeadLetter, *links: Link) -> bool:
    """Tell what becomes of a single letter."""
    return sort_letters([one], Links(links)).open == (one,)


def test_a_refused_field_is_open_until_another_value_or_another_try(pair: Link):
    """The refusal belongs to a revision of the field."""
    pair.erp.refused = {"phone": 1}
    assert is_open(letter(pair), pair)
    pair.agreed["phone"].rev = 2
    assert not is_open(letter(pair), pair)
    pair.erp.refused = {}
    assert not is_open(letter(pair), pair)


def test_a_value_that_could_not_be_mapped_is_open_while_it_stays(pair: Link):
    """A later value, or a mapping that knows it, ends that."""
    pair.erp.unmapped = {"phone": "?"}
    assert is_open(letter(pair), pair)
    assert not is_open(letter(pair, side="keap"), pair)
    pair.erp.unmapped = {}
    assert not is_open(letter(pair), pair)


def test_a_rejected_write_is_open_while_its_side_is_blocked(pair: Link):
    """Or has not heard of it yet; a retry that went through empties it."""
    write = {"stage": "write", "topic": COMMANDS["erp"], "field": None}
    pair.erp.blocked = "422"
    assert is_open(letter(pair, **write), pair)
    pair.erp.blocked = None
    assert not is_open(letter(pair, **write), pair)
    in_flight(pair, AT)
    assert pair.erp.pending is not None
    assert is_open(letter(pair, **write, value_bytes=encode(pair.erp.pending.command)), pair)
    assert not is_open(letter(pair, **write), pair)


def test_a_change_without_a_link_is_open_until_its_record_was_read_later(pair: Link):
    """Garbage, which names no record, stays."""
    change = encode(Change("main", "keap", "contact", "1", "upsert", {}, AT, "poll"))
    assert is_open(letter(None, value_bytes=change))
    pair.keap.known_at = AT - 1
    assert is_open(letter(None, value_bytes=change), pair)
    pair.keap.known_at = AT
    assert not is_open(letter(None, value_bytes=change), pair)
    assert is_open(letter(None), pair)
    assert is_open(letter(None, topic=COMMANDS["erp"], value_bytes=change), pair)


def test_what_is_said_twice_is_one_entry(pair: Link):
    """By its newest letter: a replay of the same thing adds none."""
    pair.erp.unmapped = {"phone": "?"}
    letters = [letter(pair, at) for at in (AT, AT + 2, AT + 1)] + [letter(None, at) for at in (AT + 3, AT + 4)]
    found = sort_letters(letters, Links((pair,)))
    assert [one.at - AT for one in found.open] == [4, 2]
    assert [one.at - AT for one in found.done] == [3, 1, 0]


def test_nobody_waits_for_a_link_that_is_gone_or_ignored(pair: Link):
    """It was absorbed by another one, or an operator looked at it."""
    assert not is_open(letter(pair))
    pair.erp.unmapped = {"phone": "?"}
    pair.state = "ignored"
    assert not is_open(letter(pair), pair)
