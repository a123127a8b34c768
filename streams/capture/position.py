"""Where one flow of one side stands: the stored head and inventory, and what only this process remembers.

Changed only while the partition's publisher holds its lock (`publisher.py`), so that what is stored is never ahead of what is published.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from connectors.base import Page, Record
from schemas.flows import Flow, Side, entity_of
from schemas.records import Capture, Change, Cursor, Survey
from streams.capture.fingerprint import UNTRUSTED, fingerprint, trusted
from streams.capture.inventory import Inventory


@dataclass(frozen=True, slots=True)
class Fresh:
    """A change to publish and the fingerprint to remember once it is."""

    change: Change
    fingerprint: bytes | None
    """None forgets the id: it is gone for good."""


@dataclass(slots=True)
class Position:
    """One connection, side and entity."""

    head: Cursor
    survey: Survey
    inventory: Inventory = field(default_factory=Inventory)
    recent: int | None = None
    """The watermark of the last run of any kind in this process."""
    full_at: int | None = None
    """When the last full run of this process started (ms)."""

    @classmethod
    def unknown(cls, connection: str, side: Side, flow: Flow) -> Position:
        """Return the position of a flow that was never read."""
        entity = entity_of(flow, side)
        return cls(Cursor(connection=connection, side=side, entity=entity, chunk=0), Survey(connection, side, entity))

    def fresh(self, page: Page, lag_ms: int, capture: Capture = "poll", *, skew_ms: int = 0) -> list[Fresh]:
        """Return what a page shows that was not published as it is."""
        return [
            Fresh(
                self.change(record, page.read_at, capture, skew_ms),
                print_ if trusted(record, page.read_at + skew_ms, lag_ms) else UNTRUSTED,
            )
            for record in page.records
            if self.inventory.get(record.id) != (print_ := fingerprint(record))
        ]

    def change(self, record: Record, read_at: int, capture: Capture, skew_ms: int = 0) -> Change:
        """Return the Change that says what a side showed."""
        return Change(
            connection=self.head.connection,
            side=self.head.side,
            entity=self.head.entity,
            id=record.id,
            op="delete" if record.deleted else "upsert",
            fields={} if record.deleted else record.fields,
            read_at=read_at,
            capture=capture,
            version=record.version,
            created_at=record.created_at,
            updated_at=record.updated_at,
            updated_by=record.updated_by,
            skew_ms=skew_ms,
        )

    def unexpected(self, fresh: Iterable[Fresh]) -> list[str]:
        """Return the ids of those news that are more than a second look at what was published already."""
        return [each.change.id for each in fresh if self.inventory.get(each.change.id) != UNTRUSTED]

    def remember(self, fresh: Fresh) -> None:
        """Note in the inventory what is published."""
        if fresh.fingerprint is None:
            self.inventory.drop(fresh.change.id)
        else:
            self.inventory.put(fresh.change.id, fresh.fingerprint)

    def deletion(self, record_id: str, read_at: int, capture: Capture) -> Fresh:
        """Return the news that a record answered 404 when it was asked for by its id."""
        head = self.head
        return Fresh(Change(head.connection, head.side, head.entity, record_id, "delete", {}, read_at, capture), None)

    def touched(self) -> list[Cursor]:
        """Return the inventory's chunks that have to be stored."""
        place = replace(self.head, watermark=None, snapshot_at=None, polled_at=None, quota_left=None)
        return [replace(place, chunk=number, entries=entries) for number, entries in self.inventory.drain().items()]
