"""The link table as an operator asks for it: by link id, by ref, by a bare record id, by flow and state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.read_model.records import read_compacted
from schemas.flows import SIDES, Flow, Side, entity_of
from streams.sync.rows import LINK
from streams.sync.state import Link, State, load
from streams.topics import LINKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.records import Command
    from streams.settings import Settings

NAMES: dict[Flow, tuple[str, ...]] = {
    "company": ("name",),
    "contact": ("first_name", "last_name", "email"),
    "opportunity": ("title",),
    "product": ("sku", "name"),
}
"""The canonical fields that people call a record by."""


@dataclass(frozen=True, slots=True)
class Links:
    """All links, as they were when they were read."""

    all: tuple[Link, ...]

    def chosen(self, flow: Flow | None = None, state: State | None = None) -> list[Link]:
        """Return the links of a flow and a state, by name."""
        chosen = [link for link in self.all if flow in (None, link.flow) and state in (None, link.state)]
        return sorted(chosen, key=lambda link: (link.flow, title(link).casefold()))

    def find(self, name: str) -> list[Link]:
        """Return the links that `name` may mean: a link id, a ref (present or former), or the id of a record on either side."""
        exact = [link for link in self.all if name in (link.id, *refs(link).values(), *link.former)]
        return exact or [link for link in self.all if name in (link.keap.id, link.erp.id)]

    def in_flight(self) -> Iterator[tuple[Link, Side, Command]]:
        """Yield the commands nobody has answered yet."""
        for link in self.all:
            for side in SIDES:
                pending = link.side(side).pending
                if pending is not None:
                    yield link, side, pending.command


def read_links(settings: Settings) -> Links:
    """Read the link table from its changelog; raises RetriableError without a broker."""
    rows = read_compacted(settings, LINKS, LINK)
    return Links(tuple(load(row, Link) for row in rows.values()))


def refs(link: Link) -> dict[Side, str]:
    """Return the refs a link joins, by side."""
    ids: dict[Side, str | None] = {"keap": link.keap.id, "erp": link.erp.id}
    return {side: f"{side}/{entity_of(link.flow, side)}/{found}" for side, found in ids.items() if found is not None}


def title(link: Link) -> str:
    """Return what people call the record."""
    said = [link.agreed[name].value for name in NAMES[link.flow] if name in link.agreed]
    return " ".join(str(value) for value in said if value is not None)


def waits_for(link: Link) -> str | None:
    """Return the name of what a link waits for first."""
    return next(iter(waits(link)), None)


def waits(link: Link) -> list[str]:
    """Return the names of all that a link waits for: gates without whose they are (`ref`, `slot`, ...), then what some field needs."""
    gates = [gate.split("/", 1)[0] for gate in (link.gate, *link.gates) if gate]
    return gates + ["choose"] * bool(link.disputed) + ["thaw"] * bool(link.frozen)
