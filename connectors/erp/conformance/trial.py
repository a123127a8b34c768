"""One run of the kit: the wire, the samples, and the records it made."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.erp.capabilities import Capabilities
from connectors.erp.conformance.receiver import Hook
from connectors.erp.conformance.wire import MERGE_PATCH, Wire, expect, status
from connectors.jsonbytes import Json
from connectors.times import ms_or_none

COLLECTIONS: Final = ("customers", "contacts", "orders", "products")
PREFIX: Final = "keapsync conformance"


@dataclass(slots=True)
class Trial:
    """What clauses work with.

    Attributes:
        offers: what the ERP says it offers; the whole contract until it has said it.
        made: the records that were made, in their order, as paths.
        hook: where deliveries reach this machine.
        run: part of every name, so that two runs do not meet.
    """

    wire: Wire
    offers: Capabilities = field(default_factory=Capabilities)
    made: list[str] = field(default_factory=list)
    hook: Hook = field(default_factory=Hook)
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def local(self) -> bool:
        """Tell whether the ERP runs on this machine."""
        return self.wire.client.base_url.host in ("127.0.0.1", "localhost", "::1")

    def sample(self, collection: str, **changes: Any) -> Json:
        """Return the least of a record that can be created, and what is asked for."""
        name = f"{PREFIX} {self.run} {len(self.made)}"
        match collection:
            case "contacts":
                least: Json = {"last_name": name}
            case "orders":
                least = {"title": name, "contact_id": self.make("contacts")["id"]}
            case _:
                least = {"name": name}
        return least | changes

    def make(self, collection: str, **changes: Any) -> Json:
        """Create a record without a key and return it as answered."""
        return self.created(collection, self.wire.call("POST", collection, body=self.sample(collection, **changes)))

    def created(self, collection: str, answer: Any) -> Json:
        """Expect a 201 and a record; it will be deleted at the end."""
        record = status(answer, 201)
        expect(isinstance(record.get("id"), str) and record["id"], "an `id`, a string")
        self.made.append(f"{collection}/{record['id']}")
        return record

    def patch(self, path: str, changes: Json, headers: Mapping[str, str] | None = None) -> Any:
        """Send a merge patch."""
        return self.wire.call("PATCH", path, body=changes, headers={**MERGE_PATCH, **(headers or {})})

    def items(self, collection: str, **params: str) -> list[Json]:
        """Return all records of a list, page after page."""
        found: list[Json] = []
        cursor: str | None = None
        while True:
            page = status(self.wire.get(collection, **params, **({"cursor": cursor} if cursor else {})), 200)
            items = page.get("items")
            expect(isinstance(items, list), "a list `items`")
            found += items or []
            following = page.get("next_cursor")
            expect(following is None or isinstance(following, str), "`next_cursor`, null or a string")
            if not following:
                return found
            expect(following != cursor, "a next page that is another one")
            cursor = following

    def changes(self, collection: str, since: str) -> list[Json]:
        """Return all records changed at or after an instant, and expect no others."""
        found = self.items(collection, updated_since=since, limit=str(min(200, self.offers.max_page)))
        start = ms_or_none(since) or 0
        expect(all((ms_or_none(record.get("updated_at")) or 0) >= start for record in found), f"no record changed before {since}")
        return found

    def stamp(self) -> str:
        """Return an external id that nobody has."""
        return uuid.uuid4().hex

    def tidy(self) -> None:
        """Delete what was made, the last first."""
        for path in reversed(self.made):
            self.wire.call("DELETE", path)
