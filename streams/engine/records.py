"""What goes into a handler and what comes out of it: raw bytes, decoded by nobody here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source topic, as it was read."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: Headers = ()

    @property
    def place(self) -> str:
        """Where it was read, for messages: `topic/partition@offset`."""
        return f"{self.topic}/{self.partition}@{self.offset}"


@dataclass(frozen=True, slots=True)
class Produce:
    """One record to send; without a partition, murmur2 of the key chooses it."""

    topic: str
    partition: int | None
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Outputs:
    """All that one piece of work leaves behind, written in one transaction.

    Attributes:
        rows: row key -> value, None deletes. Keys never begin with a zero byte.
        records: what is sent, in this order.
        more: there is another page of this work (chunks only).
    """

    rows: Mapping[bytes, bytes | None] = field(default_factory=dict)
    records: Sequence[Produce] = ()
    more: bool = False

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.rows or self.records)

    def largest(self) -> int:
        """Return the size of the largest record (key, value and headers) in bytes."""
        rows = (len(key) + len(value or b"") for key, value in self.rows.items())
        return max((*rows, *(_size(record) for record in self.records)), default=0)


def merge(outputs: Iterable[Outputs]) -> Outputs:
    """Join outputs into one; where they write the same row, the last one counts."""
    rows: dict[bytes, bytes | None] = {}
    records: list[Produce] = []
    for each in outputs:
        rows.update(each.rows)
        records.extend(each.records)
    return Outputs(rows, records)


def _size(record: Produce) -> int:
    headers = sum(len(name) + len(value) for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers
