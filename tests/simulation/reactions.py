"""How people and automations react to our writes in worlds with features: they insist on their words, and bring back what we deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.flows import Fields, Side, Value, other
from streams.mapping.rows import ACTIVE, Row
from tests.simulation.systems import Stored

if TYPE_CHECKING:
    from tests.simulation.people import People

SECOND_MS: Final = 1_000
RESCUED: Final = 0.8
"""How often somebody brings back what we deleted, or what we switched off the twin of."""


class Reactions:
    """Those of one connection; they are due at the next occasion, when they happen at once."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.features = people.options.features
        self.rescued: list[tuple[Side, Stored]] = []
        self.minding: list[tuple[Side, Stored, Row, Value]] = []
        self.insisting: list[tuple[Side, Stored, Row]] = []
        for side, system in people.systems.items():
            system.removed = lambda record, side=side: self.removed(side, record)  # type: ignore[misc]

    def removed(self, side: Side, record: Stored) -> None:
        """Be told that we deleted a record: somebody may bring it back."""
        if not self.people.away and self.people.random.random() < RESCUED:
            self.rescued.append((side, record))

    def written(self, side: Side, record: Stored, fields: Fields) -> None:
        """Be told that we wrote a record."""
        if self.features.fights and record.flow == "company":
            row = self.people.options.mapping["company"].row("notes")
            if row.path(side) in fields and fields[row.path(side) or ""] != self._own_words(side):
                self.insisting.append((side, record, row))
        if self.people.away:
            return
        if fields.get(ACTIVE) is False:
            self._switched_off(side, record)
        if self.features.nervous:
            self._overwritten(side, record, fields)

    def _own_words(self, side: Side) -> str:
        return f"as {side} of {self.people.name} says"

    def _switched_off(self, side: Side, record: Stored) -> None:
        """Somebody may bring back the record whose twin this is; whose it is we cannot tell, so it is all that are gone."""
        theirs = self.people.systems[other(side)].records.values()
        gone = [one for one in theirs if one.deleted and one.flow == record.flow]
        if gone and self.people.random.random() < RESCUED:
            self.rescued += [(other(side), one) for one in gone]

    def _overwritten(self, side: Side, record: Stored, fields: Fields) -> None:
        """Somebody types again what we wrote over within the second."""
        for row, path in self.people.options.mapping[record.flow].shown[side]:
            if path not in fields:
                continue
            *_, before, _ours = [None, None, *self.people.oracle.history[side, record.id, path]]
            if before and before.human and before.at > self.people.systems[side].clock.now - SECOND_MS:
                self.minding.append((side, record, row, before.value))

    def act(self) -> None:
        """Bring back and type again what is due."""
        rescued, self.rescued = self.rescued, []
        for side, record in rescued:
            if record.deleted:
                self.people.restore(self.people.systems[side], record)
        minding, self.minding = self.minding, []
        for side, record, row, value in minding:
            if not record.deleted:
                self.people.write(side, record, row, value)

    def insist(self) -> None:
        """Let automations put back what they insist on."""
        insisting, self.insisting = self.insisting, []
        for side, record, row in insisting:
            if not record.deleted:
                self.people.write(side, record, row, self._own_words(side))
