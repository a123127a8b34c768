"""The local store of one partition."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.engine import store as module
from streams.engine.store import Store


def test_rows_and_position_come_back_together(tmp_path: Path):
    """What was applied is there after closing, with the changelog offset it stands for; deleted rows are gone."""
    store = Store(tmp_path / "0")
    store.apply({b"a": b"1", b"b": b"2"}, 10)
    store.apply({b"a": None}, 12)
    store.close()
    again = Store(tmp_path / "0")
    assert again.position(end=13) == 12
    assert (again.get(b"a"), again.get(b"b")) == (None, b"2")
    again.close()


def test_a_scan_stays_within_its_prefix(tmp_path: Path):
    """A scan yields the rows of its prefix in order, and never the store's own row."""
    store = Store(tmp_path / "0")
    store.apply({b"link/2": b"b", b"link/1": b"a", b"ref/1": b"c", b"\xff": b"d"}, 1)
    assert list(store.scan(b"link/")) == [(b"link/1", b"a"), (b"link/2", b"b")]
    assert [key for key, _ in store.scan(b"")] == [b"link/1", b"link/2", b"ref/1", b"\xff"]
    store.close()


def test_a_store_ahead_of_its_changelog_is_emptied(tmp_path: Path):
    """A changelog that ends below the store's offset was made anew: the store's rows mean nothing."""
    store = Store(tmp_path / "0")
    store.apply({b"a": b"1"}, 10)
    assert store.position(end=5) == 0
    assert store.get(b"a") is None
    store.close()


def test_a_store_that_missed_tombstones_is_emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A store that is behind for longer than tombstones live starts anew; one that is current is kept, however old."""
    store = Store(tmp_path / "0")
    store.apply({b"a": b"1"}, 10)
    monkeypatch.setattr(module, "STALE_S", -1.0)
    assert store.position(end=11) == 10
    assert store.position(end=20) == 0
    assert store.get(b"a") is None
    store.close()


def test_a_store_locked_by_a_paused_predecessor_begins_anew(tmp_path: Path):
    """A process that is stopped but alive keeps its lock; its successor does not wait for it."""
    path = tmp_path / "0"
    script = (
        f"import sys; from pathlib import Path; from streams.engine.store import Store; s = Store(Path({str(path)!r})); "
        "s.apply({b'a': b'1'}, 5); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        store = Store(path)
        assert store.position(end=6) == 0
        assert store.get(b"a") is None
        store.close()
        holder.communicate()


def test_a_damaged_store_begins_anew(tmp_path: Path):
    """Files that RocksDB cannot read are thrown away: the changelog has it all."""
    store = Store(tmp_path / "0")
    store.apply({b"a": b"1"}, 5)
    store.close()
    (tmp_path / "0" / "CURRENT").write_text("nonsense")
    again = Store(tmp_path / "0")
    assert again.position(end=6) == 0
    again.close()
