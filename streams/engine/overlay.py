"""A table together with rows that are decided but not written yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streams.engine.contracts import Table


class Overlay:
    """Read-your-writes: shows the table as it will be once the rows laid over it are written."""

    def __init__(self, table: Table) -> None:
        """Show `table` as it is."""
        self._table = table
        self._rows: dict[bytes, bytes | None] = {}

    def lay(self, rows: Mapping[bytes, bytes | None]) -> None:
        """Show these rows (None: as deleted)."""
        self._rows.update(rows)

    def lift(self, rows: Mapping[bytes, bytes | None]) -> None:
        """Forget these rows, now written, except where something newer lies over them."""
        for key, value in rows.items():
            if key in self._rows and self._rows[key] is value:
                del self._rows[key]

    def get(self, key: bytes) -> bytes | None:
        """Return the row's value."""
        return self._rows[key] if key in self._rows else self._table.get(key)

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the rows whose key begins with `prefix`, in order."""
        merged: dict[bytes, bytes | None] = dict(self._table.scan(prefix))
        merged |= {key: value for key, value in self._rows.items() if key.startswith(prefix)}
        for key in sorted(merged):
            value = merged[key]
            if value is not None:
                yield key, value
