"""Taking up what a predecessor left."""

from __future__ import annotations

from streams.capture.recover import Place, recover
from streams.capture.transactions import Message
from tests.capture.conftest import Stored, a_cursor, stored

PLACE: Place = ("main", "keap", "contact")


def test_head_and_chunks_become_a_position() -> None:
    """The last record of each key counts."""
    messages = [
        stored(a_cursor(watermark=1)),
        stored(a_cursor(chunk=1, entries={"1": b"old"})),
        stored(a_cursor(chunk=2, entries={"2": b"b"})),
        stored(a_cursor(chunk=1, entries={"1": b"a"})),
        stored(a_cursor(watermark=2)),
    ]
    position = recover(messages).positions[PLACE]
    assert position.head.watermark == 2
    assert [position.inventory.get(id_) for id_ in "12"] == [b"a", b"b"]


def test_an_inventory_without_a_head_is_kept() -> None:
    """Outcomes came before the snapshot was done."""
    position = recover([stored(a_cursor(chunk=1, entries={"1": b""}))]).positions[PLACE]
    assert "1" in position.inventory
    assert position.head.snapshot_at is None


def test_garbage_is_set_aside_and_tombstones_are_nothing() -> None:
    """The cursors around it are read."""
    garbage = Stored(Message("cursors", b"main/keap/contact/9", b"garbage"), 1)
    tombstone = Stored(Message("cursors", b"main/keap/contact/8", None), 2)
    recovered = recover([garbage, tombstone, stored(a_cursor())])
    assert list(recovered.positions) == [PLACE]
    assert [message.offset() for message, _ in recovered.unreadable] == [1]
