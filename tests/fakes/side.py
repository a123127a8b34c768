"""One side as a small stateful server behind the Sink protocol, with the options and the bad habits of real ones."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from connectors.base import Page, Quota, Record, Traits
from connectors.calls import note_call
from schemas.errors import AmbiguousError, ConflictError, GoneError
from schemas.flows import Fields, Flow, Side
from streams.clock import now_ms


@dataclass
class FakeSide:
    """Records of all flows, by flow and id."""

    side: Side = "keap"
    changes: Literal["since", "newest_first"] = "since"
    versions: bool = False
    keys: bool = False
    stamp_path: str | None = "stamp"
    page_size: int = 3
    store: Callable[[Fields], Fields] = dict
    clock: Callable[[], int] = now_ms
    records: defaultdict[Flow, dict[str, Record]] = field(default_factory=lambda: defaultdict(dict))
    log: list[tuple[str, str]] = field(default_factory=list)
    closed: bool = False
    checks: list[list[str]] = field(default_factory=list)
    """What the next checks say; none is a clean one."""
    _faults: defaultdict[str, deque[Exception | None]] = field(default_factory=lambda: defaultdict(deque))
    _actions: defaultdict[str, deque[Callable[[], object]]] = field(default_factory=lambda: defaultdict(deque))
    _lost: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _by_key: dict[str, str] = field(default_factory=dict)
    _next_id: int = 1

    # What people and tests do.

    def put(self, flow: Flow, fields: Fields, *, id_: str | None = None, **meta: int | bool | None) -> Record:
        """Make or change a record as a person would."""
        known = self.records[flow].get(id_ or "")
        now = self.clock()
        record = Record(
            id=id_ or self._new_id(),
            fields={**(known.fields if known else {}), **fields},
            version=((known.version or 0) if known else 0) + 1 if self.versions else None,
            created_at=known.created_at if known else now,
            updated_at=now,
        )
        self.records[flow][record.id] = replace(record, **meta)  # type: ignore[arg-type]
        return self.records[flow][record.id]

    def fail(self, call: str, *errors: Exception | None) -> None:
        """Answer the next calls with errors, before anything happens; None lets one pass."""
        self._faults[call].extend(errors)

    def meanwhile(self, call: str, action: Callable[[], object]) -> None:
        """Let somebody act when the next such call arrives, before it is answered."""
        self._actions[call].append(action)

    def lose(self, call: str, times: int = 1) -> None:
        """Do what the next calls ask and lose the replies."""
        self._lost[call] += times

    def count(self, call: str) -> int:
        """Return how often a call arrived."""
        return sum(name == call for name, _ in self.log)

    # The Sink protocol.

    def traits(self, flow: Flow) -> Traits:  # noqa: ARG002
        """Say what the API can do."""
        return Traits(self.changes, versions=self.versions, keys=self.keys, rounded_ms=0)

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """List by id, by time from `since`, or newest first."""
        read_at = self.clock()
        self._enter("page", flow)
        await asyncio.sleep(0)
        rows = sorted(self.records[flow].values(), key=lambda record: (record.updated_at or 0, record.id))
        if since is None:
            rows.sort(key=lambda record: record.id)
        elif self.changes == "newest_first":
            rows.reverse()
        else:
            rows = [record for record in rows if (record.updated_at or 0) >= since]
        start = int(cursor or 0)
        end = start + self.page_size
        return Page(tuple(rows[start:end]), str(end) if end < len(rows) else None, read_at)

    async def get(self, flow: Flow, id: str) -> Record:  # noqa: A002
        """Show one record."""
        self._enter("get", id)
        return self._known(flow, id)

    async def create(self, flow: Flow, fields: Fields, *, stamp: str | None, key: str) -> Record:
        """Make a record, once per key."""
        self._enter("create", key)
        if self.keys and key in self._by_key:
            return self.records[flow][self._by_key[key]]
        if self.stamp_path and stamp:
            taken = [record for record in self.records[flow].values() if record.fields.get(self.stamp_path) == stamp]
            if taken and self.keys:
                raise ConflictError("the stamp is taken", taken[0])
            fields = {**fields, self.stamp_path: stamp}
        made = self.put(flow, self.store(fields))
        self._by_key[key] = made.id
        self._leave("create")
        return made

    async def update(self, flow: Flow, base: Record, fields: Fields) -> Record:
        """Change a record, on the version of `base` where there are versions."""
        self._enter("update", base.id)
        known = self._known(flow, base.id)
        if self.versions and base.version != known.version:
            raise ConflictError("it moved", known)
        written = self.put(flow, self.store(fields), id_=base.id)
        self._leave("update")
        return written

    async def delete(self, flow: Flow, base: Record) -> None:
        """Delete a record for good."""
        self._enter("delete", base.id)
        self._known(flow, base.id)
        del self.records[flow][base.id]
        self._leave("delete")

    async def find_created(self, flow: Flow, *, since: int, stamp: str | None, match: Fields) -> list[Record]:  # noqa: ARG002
        """Show what was created since, newest first."""
        self._enter("find_created", flow)
        found = [record for record in self.records[flow].values() if (record.created_at or 0) >= since]
        return sorted(found, key=lambda record: record.created_at or 0, reverse=True)

    def quota(self) -> Quota:
        """Say what is left."""
        return Quota(1000 - len(self.log), 1000)

    def skew_ms(self) -> int:
        """Keep the time."""
        return 0

    async def check(self) -> list[str]:
        """Say what is wrong."""
        self._enter("check", "")
        return self.checks.pop(0) if self.checks else []

    async def close(self) -> None:
        """Say goodbye."""
        self.closed = True

    def _enter(self, call: str, about: str) -> None:
        note_call()
        self.log.append((call, about))
        if self._actions[call]:
            self._actions[call].popleft()()
        if self._faults[call] and (error := self._faults[call].popleft()):
            raise error

    def _leave(self, call: str) -> None:
        if self._lost[call]:
            self._lost[call] -= 1
            raise AmbiguousError(f"the reply to a {call} was lost")

    def _known(self, flow: Flow, id_: str) -> Record:
        if id_ not in self.records[flow]:
            raise GoneError(f"there is no {flow} {id_}")
        return self.records[flow][id_]

    def _new_id(self) -> str:
        self._next_id += 1
        return str(self._next_id)
