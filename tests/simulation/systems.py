"""Two systems of record: what they store, what their reads show, and when. They know nothing of us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from connectors.base import Record
from schemas.errors import ConflictError, GoneError, RejectedError
from schemas.flows import Fields, Flow, Side, Value
from streams.mapping.rows import ACTIVE
from tests.simulation.clock import Clock
from tests.simulation.oracle import Oracle

POISON = "poison"
"""A text with this word is refused for good."""


@dataclass(slots=True)
class State:
    """What a record is from one moment to the next."""

    since: int
    """True time (ms)."""
    fields: Fields
    updated_at: int
    version: int
    deleted: bool = False
    listed: Record | None = None
    """As listings show it, once one did."""


@dataclass(slots=True)
class Stored:
    """A record and every state it ever had, the present one last."""

    id: str
    flow: Flow
    created_at: int
    states: list[State]
    command: str | None = None
    """The command that made it; None for what people made."""

    @property
    def now(self) -> State:
        """The present state."""
        return self.states[-1]

    @property
    def fields(self) -> Fields:
        """The present fields."""
        return self.states[-1].fields

    @property
    def deleted(self) -> bool:
        """Tell whether it is gone."""
        return self.states[-1].deleted


@dataclass(frozen=True, slots=True)
class Offers:
    """What a side's API can do, and how its clock and storage are."""

    versions: bool
    keys: bool
    stamps: dict[Flow, str]
    rounded: bool
    """Reads show whole seconds, rounded up."""
    lag_ms: int
    skew_ms: int
    habit: Callable[[str, Value], Value]
    """(path, value) -> what is stored of it."""
    forgets: bool
    """Deleted records vanish from listings; else they are listed as deleted."""
    switches: frozenset[Flow] = frozenset()
    """Flows whose records are active when they are made, and can be switched off."""


@dataclass(slots=True)
class System:
    """One side of one connection."""

    side: Side
    offers: Offers
    clock: Clock
    random: Random
    oracle: Oracle
    first: int = 1
    """The number of its first record."""
    records: dict[str, Stored] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    written: Callable[[Stored, Fields], None] = lambda *_: None
    """Told after each write of ours: people and automations react."""
    changed: Callable[[Stored], None] = lambda _: None
    """Told of whatever happens to a record: hooks."""
    removed: Callable[[Stored], None] = lambda _: None
    """Told of what we deleted: somebody may want it back."""

    @property
    def time(self) -> int:
        """What this system's clock says."""
        return self.clock.now + self.offers.skew_ms

    def _store(self, fields: Fields) -> Fields:
        kept = {path: self.offers.habit(path, value) for path, value in fields.items()}
        return {path: value for path, value in kept.items() if value not in (None, "")}

    def create(self, flow: Flow, fields: Fields, *, command: str | None = None) -> Stored:
        """Create a record; raises ConflictError for a stamp that is taken, RejectedError for poison."""
        if self.offers.keys and command in self.keys:
            return self.records[self.keys[command]]
        _refuse(fields)
        self._hold_together(flow, fields)
        if flow in self.offers.switches:
            fields = {ACTIVE: True} | fields
        stamp = fields.get(self.offers.stamps.get(flow, ""))
        if stamp is not None and self.side == "erp":
            for one in self.records.values():
                if one.flow == flow and one.fields.get(self.offers.stamps[flow]) == stamp:
                    raise ConflictError("stamp taken", self.record(one))
        record_id = f"{self.side[0]}{len(self.records) + self.first}"
        record = Stored(record_id, flow, self.time, [State(self.clock.now, self._store(fields), self.time, 1)], command)
        self.records[record.id] = record
        self.oracle.wrote(self.side, record, record.fields, human=command is None)
        self.changed(record)
        if command is not None:
            self.keys[command] = record.id
            self.written(record, record.fields)
        return record

    def _hold_together(self, flow: Flow, fields: Fields) -> None:
        """Refuse an order of another customer than its contact's: contract of the ERP."""
        contact = self.records.get(str(fields.get("contact_id"))) if (self.side, flow) == ("erp", "opportunity") else None
        customer = contact.fields.get("customer_id") if contact else None
        named = self.records.get(str(customer))
        if named is not None and not named.deleted and fields.get("customer_id") != customer:
            raise RejectedError(f"the contact's customer is {customer}", 422)

    def patch(self, record: Stored, fields: Fields, *, base: Record | None = None, human: bool = False) -> None:
        """Change fields. `base`: the record as the writer knew it, checked where there are versions."""
        if record.deleted:
            raise GoneError(record.id)
        if not human:
            _refuse(fields)
        if base is not None and self.offers.versions and base.version != record.now.version:
            raise ConflictError("version moved", self.record(record))
        kept = record.fields | {path: self.offers.habit(path, value) for path, value in fields.items()}
        after: Fields = {path: value for path, value in kept.items() if value not in (None, "")}
        changed = {path: after.get(path) for path in fields if after.get(path) != record.fields.get(path)}
        if base is not None:
            self.oracle.overwritten(self.side, record, changed, base)
        if changed:
            self._move(record, after)
            self.oracle.wrote(self.side, record, changed, human=human)
            if not human:
                self.written(record, changed)

    def delete(self, record: Stored) -> None:
        """Somebody deletes a record."""
        self._move(record, record.fields, deleted=True)
        self.oracle.deleted(self.side, record)

    def remove(self, record: Stored, base: Record) -> None:
        """Delete a record for us, which its writer knew as `base`: no API takes a condition. What is deleted already is GoneError."""
        if record.deleted:
            raise GoneError(record.id)
        self.oracle.removed(self.side, record, base)
        self._move(record, record.fields, deleted=True)
        self.removed(record)

    def restore(self, record: Stored) -> None:
        """Somebody brings a record back, under its id."""
        self._move(record, record.fields)
        self.oracle.restored(self.side, record)

    def _move(self, record: Stored, fields: Fields, *, deleted: bool = False) -> None:
        at = max(self.time, record.created_at + 1)  # nobody is as quick as a millisecond
        record.states.append(State(self.clock.now, fields, at, record.now.version + 1, deleted))
        self.changed(record)

    # -- what reads show ---------------------------------------------------------------------------------------------------

    def record(self, stored: Stored, state: State | None = None, *, rounded: bool = False) -> Record:
        """Return a record as an answer shows it."""
        state = state or stored.now
        up = _up if rounded and self.offers.rounded else int
        return Record(
            stored.id,
            dict(state.fields),
            version=state.version if self.offers.versions else None,
            created_at=up(stored.created_at),
            updated_at=up(state.updated_at),
            deleted=state.deleted,
            raw={"writes": self.oracle.number},
        )

    def listed(self, stored: Stored, behind: int) -> Record | None:
        """Return a record as a listing of a replica that lags `behind` ms shows it; None when it is not there (yet, or any more)."""
        state = self._seen(stored, behind)
        if state is not None and state.listed is None:
            state.listed = self.record(stored, state, rounded=True)
        return state and state.listed

    def shown(self, stored: Stored, *, behind: int = 0) -> Record | None:
        """Return a record as it is when it is asked for by its id."""
        state = self._seen(stored, behind)
        return state and self.record(stored, state, rounded=True)

    def _seen(self, stored: Stored, behind: int) -> State | None:
        at = self.clock.now - behind
        for state in reversed(stored.states):
            if state.since <= at:
                return None if state.deleted and self.offers.forgets else state
        return None

    def behind(self) -> int:
        """Return how far a replica lags this time (ms)."""
        return self.random.choice((0, self.offers.lag_ms // 2, self.offers.lag_ms - 1))

    def living(self, flow: Flow) -> list[Stored]:
        """Return the records that exist."""
        return [record for record in self.records.values() if record.flow == flow and not record.deleted]


def _refuse(fields: Fields) -> None:
    if any(isinstance(value, str) and POISON in value for value in fields.values()):
        raise RejectedError("poison", 422)


def _up(at: int) -> int:
    return -(-at // 1000) * 1000
