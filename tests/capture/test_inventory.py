"""The inventory and its chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.capture import inventory
from streams.capture.inventory import Inventory

STEPS = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from([b"", b"1", b"2"]) | st.none()))


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three ids fill a chunk."""
    monkeypatch.setattr(inventory, "CHUNK_IDS", 3)


@given(STEPS, st.integers(1, 5))
def test_what_is_stored_is_what_is_known(steps: list[tuple[str, bytes | None]], every: int) -> None:
    """Storing only what was touched, now and then, loses nothing."""
    known: dict[str, bytes] = {}
    stored: dict[int, dict[str, bytes]] = {}
    now = Inventory()
    for number, (id_, print_) in enumerate(steps):
        if print_ is None:
            now.meet(id_)
            known.setdefault(id_, b"")
        else:
            now.put(id_, print_)
            known[id_] = print_
        if number % every == 0:
            stored |= {chunk: dict(entries) for chunk, entries in now.drain().items()}
    stored |= now.drain()
    again = Inventory(stored)
    assert {id_: again.get(id_) for id_ in again} == known
    assert len(again) == len(known) == sum(len(entries) for entries in stored.values())
    assert all(len(entries) <= 3 for entries in stored.values())


def test_an_unknown_id_is_no_untrusted_one() -> None:
    """None is not empty."""
    known = Inventory()
    assert known.get("a") is None
    known.meet("a")
    assert known.get("a") == b""


def test_meeting_an_id_again_keeps_its_fingerprint() -> None:
    """An outcome of an update says nothing new."""
    known = Inventory({1: {"a": b"1"}})
    known.meet("a")
    assert known.get("a") == b"1"
    assert known.drain() == {}


def test_only_touched_chunks_are_stored() -> None:
    """An edit writes one chunk, a new id the one that is open."""
    known = Inventory({1: {"a": b"1", "b": b"1", "c": b"1"}, 2: {"d": b"1"}})
    known.put("b", b"2")
    assert list(known.drain()) == [1]
    known.put("e", b"1")
    assert known.drain() == {2: {"d": b"1", "e": b"1"}}
    known.put("e", b"1")
    assert known.drain() == {}


def test_a_full_chunk_opens_the_next_also_after_a_restart() -> None:
    """Numbers go on from what was stored."""
    known = Inventory({1: {"a": b"", "b": b"", "c": b""}})
    known.put("d", b"1")
    assert known.drain() == {2: {"d": b"1"}}
