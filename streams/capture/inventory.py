"""What was last published of every id of one side and entity, in chunks that are stored as one record each.

An id stays in the chunk it first entered: a page of a snapshot writes the chunk or two it fills, not all of them, and an edit writes one.
(Hashing ids to chunks would make every snapshot page rewrite the whole inventory.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from streams.capture.fingerprint import MISSED, UNTRUSTED, expected

CHUNK_IDS: Final = 500
"""Ids a chunk takes before the next one opens: 10 to 25 kB a record, whatever the form of the ids."""


class Inventory:
    """Maps id -> fingerprint and remembers which chunks were touched since they were last stored."""

    def __init__(self, chunks: Mapping[int, Mapping[str, bytes]] | None = None) -> None:
        """Take up stored chunks (number -> entries), numbered from 1."""
        self._chunks = {number: dict(entries) for number, entries in (chunks or {}).items()}
        self._chunk_of = {id_: number for number, entries in self._chunks.items() for id_ in entries}
        self._open = max(self._chunks, default=1)
        self._touched: set[int] = set()

    def __contains__(self, id_: str) -> bool:
        return id_ in self._chunk_of

    def __len__(self) -> int:
        return len(self._chunk_of)

    def __iter__(self) -> Iterator[str]:
        return iter(self._chunk_of)

    def get(self, id_: str) -> bytes | None:
        """Return an id's fingerprint (empty: not trusted), None for an id never published."""
        number = self._chunk_of.get(id_)
        return None if number is None else self._chunks[number][id_]

    def put(self, id_: str, fingerprint: bytes) -> None:
        """Note what is published of an id."""
        number = self._chunk_of.get(id_)
        if number is None:
            number = self._chunk_of[id_] = self._room()
        chunk = self._chunks.setdefault(number, {})
        if chunk.get(id_) != fingerprint:
            chunk[id_] = fingerprint
            self._touched.add(number)

    def meet(self, id_: str) -> None:
        """Note an id that exists, before anything of it was published; a known one is left as it is."""
        if id_ not in self._chunk_of:
            self.put(id_, UNTRUSTED)

    def distrust(self) -> None:
        """Have every record published whose next reading shows it as there, whatever that shows."""
        for number, entries in self._chunks.items():
            doubted = {id_: UNTRUSTED for id_, print_ in entries.items() if expected(print_) and print_ not in (UNTRUSTED, MISSED)}
            entries.update(doubted)
            self._touched.update({number} if doubted else ())

    def drop(self, id_: str) -> None:
        """Forget an id."""
        number = self._chunk_of.pop(id_, None)
        if number is not None:
            del self._chunks[number][id_]
            self._touched.add(number)

    def expected(self) -> frozenset[str]:
        """Return the ids that a full scan should show."""
        return frozenset(id_ for entries in self._chunks.values() for id_, print_ in entries.items() if expected(print_))

    def drain(self) -> dict[int, dict[str, bytes]]:
        """Return the chunks touched since the last call (number -> entries), to be stored."""
        touched = {number: self._chunks[number] for number in sorted(self._touched)}
        self._touched.clear()
        return touched

    def _room(self) -> int:
        if len(self._chunks.get(self._open, ())) >= CHUNK_IDS:
            self._open += 1
        return self._open
