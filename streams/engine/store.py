"""The table of one source partition on local disk: RocksDB, with the changelog offset it stands for.

A cache: the changelog is the truth, and the store is never ahead of it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import structlog
from rocksdict import BlockBasedOptions, Cache, Options, Rdict, WriteBatch

log = structlog.get_logger(__name__)

POSITION = b"\0position"
"""Key of the row "offset seconds": up to where the changelog is applied, and when that was. No other key begins with a zero."""
WRITE_BUFFER = 8 << 20
BLOCK_CACHE = 16 << 20
# A changelog keeps a deleted row's tombstone for a day (delete.retention.ms). A store that is older, and behind, may
# never learn of the deletion: it is rebuilt. Half a day leaves room for clocks and cleaners.
STALE_S = 43_200.0


class Store:
    """One partition's rows."""

    def __init__(self, path: Path) -> None:
        """Open or create the store at `path`.

        Opened only by the partition's owner, after it has fenced the one before. If that one, paused or dying, still
        holds the lock, its files are left to it and the store begins anew from the changelog.
        """
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = Rdict(str(path), options=_options())
        except Exception as error:  # noqa: BLE001  # rocksdict raises bare Exception: locked or damaged
            log.warning("store.discarded", path=str(path), reason=str(error))
            shutil.rmtree(path, ignore_errors=True)
            self._db = Rdict(str(path), options=_options())

    def position(self, end: int) -> int:
        """Return the changelog offset to go on from, `end` being the changelog's end.

        A store that cannot be trusted to catch up is emptied first: one that is ahead of the changelog (that one was
        made anew), or so far behind in time that tombstones may be gone.
        """
        offset, seconds = map(int, (self._db.get(POSITION) or b"0 0").split())
        behind = offset + 1 < end  # the marker of our last transaction is no record
        if offset > end or (offset and behind and time.time() - seconds > STALE_S):
            log.warning("store.emptied", path=str(self._path), offset=offset, end=end)
            self.close()
            shutil.rmtree(self._path)
            self._db = Rdict(str(self._path), options=_options())
            return 0
        return offset

    def get(self, key: bytes) -> bytes | None:
        """Return a row's value."""
        value: bytes | None = self._db.get(key)
        return value

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the rows whose key begins with `prefix`, in order, as they were when the scan began."""
        for key, value in self._db.items(from_key=prefix or b"\1"):
            if not key.startswith(prefix):
                return
            yield key, value

    def apply(self, rows: Mapping[bytes, bytes | None], offset: int) -> None:
        """Write rows (None deletes) and the changelog offset they reach, together."""
        batch = WriteBatch(raw_mode=True)
        for key, value in rows.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(POSITION, b"%d %d" % (offset, time.time()))
        self._db.write(batch)

    def close(self) -> None:
        """Release the files."""
        self._db.close()


def _options() -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_write_buffer_size(WRITE_BUFFER)
    options.set_max_write_buffer_number(2)
    blocks = BlockBasedOptions()
    blocks.set_block_cache(Cache(BLOCK_CACHE))
    options.set_block_based_table_factory(blocks)
    return options
