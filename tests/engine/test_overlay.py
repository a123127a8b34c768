"""The overlay: a table with rows that are not written yet."""

from hypothesis import given
from hypothesis import strategies as st

from streams.engine.overlay import Overlay
from tests.engine.memory import MemoryTable

keys = st.sampled_from([b"a", b"a/1", b"a/2", b"b", b"b/1"])
rows = st.dictionaries(keys, st.none() | st.binary(max_size=2))


@given(written=rows, laid=rows, prefix=st.sampled_from([b"", b"a", b"a/", b"c"]))
def test_it_reads_as_if_the_rows_were_written(written: dict, laid: dict, prefix: bytes):
    """Reading through the overlay equals reading the table after the rows are applied."""
    table = MemoryTable()
    table.rows = {key: value for key, value in written.items() if value is not None}
    overlay = Overlay(table)
    overlay.lay(laid)
    after = {key: value for key, value in (table.rows | laid).items() if value is not None}
    assert {key: overlay.get(key) for key in (*written, *laid)} == {key: after.get(key) for key in (*written, *laid)}
    assert list(overlay.scan(prefix)) == sorted((key, value) for key, value in after.items() if key.startswith(prefix))


def test_a_newer_row_stays_when_an_older_one_is_written():
    """Writing one result does not uncover the table where a newer result lies over it."""
    table = MemoryTable()
    overlay = Overlay(table)
    first: dict[bytes, bytes | None] = {b"k": b"old"}
    overlay.lay(first)
    overlay.lay({b"k": b"new"})
    table.rows[b"k"] = b"old"
    overlay.lift(first)
    assert overlay.get(b"k") == b"new"
