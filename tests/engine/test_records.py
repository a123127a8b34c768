"""Outputs: what one piece of work leaves behind."""

from streams.engine.records import Outputs, Produce, merge


def test_merging_keeps_the_last_row_and_every_record():
    """Joined outputs write each row once, as the last one left it, and send every record in order."""
    first = Outputs({b"a": b"1", b"b": b"1"}, [Produce("t", None, b"k", b"1")])
    second = Outputs({b"a": None}, [Produce("t", None, b"k", b"2")])
    merged = merge([first, second])
    assert merged.rows == {b"a": None, b"b": b"1"}
    assert [record.value for record in merged.records] == [b"1", b"2"]


def test_the_largest_record_counts_key_value_and_headers():
    """The size that is checked against the broker's limit covers all that is sent."""
    outputs = Outputs({b"key": b"12345"}, [Produce("t", 0, b"k", b"v", (("name", b"value"),))])
    assert outputs.largest() == 11
    assert Outputs({b"key": None}).largest() == 3
    assert Outputs().largest() == 0
