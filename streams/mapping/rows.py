"""A flow's mapping as data: rows, match rules, create rules.

A **canonical** value is what both sides are compared in. Its name is the ERP path of its row. null, "" and missing are one value: None.
A reference's canonical value is the ref of the record as its side names it (`keap/company/12`); the core compares references through the
link index and hands `write` the target side's ref.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from schemas.flows import SIDES, Fields, Flow, Side, Value

Direction = Literal["both", "to_erp", "to_keap"]
Policy = Literal["newest", "keap", "erp", "fill-empty", "manual"]
DeletePolicy = Literal["keep", "deactivate", "delete"]
CUSTOM: Final = "custom_fields."
"""Prefix of a Keap custom field's path; the rest is its label, which is the tenant's."""
ACTIVE: Final = "active"
"""The native property that `deactivate` switches off, named alike on both sides."""


class Kind(Protocol):
    """A row's type with its converter: how values are read, written and compared."""

    @property
    def reference(self) -> Flow | None:
        """The flow a reference points into, None for plain values."""

    def read(self, side: Side, native: Value) -> Value:
        """Turn a side's native value into the canonical one; raises MappingError when it cannot be."""

    def write(self, side: Side, canonical: Value) -> Value:
        """Turn a canonical value into a side's native one; raises MappingError (too long, unmapped, wrong form)."""

    def key(self, canonical: Value) -> Value:
        """Return what is compared: equal keys are equal values (phones as E.164, e-mails in lower case, decimals by value)."""

    def verbatim(self, side: Side, canonical: Value) -> bool:
        """Tell whether a canonical value is sure to be written to a side, and read there, as it stands: spares the core working it out."""

    def loose(self, canonical: Value) -> Value:
        """Return `key` with spaces, case and length forgiven: did the target store what was sent, in its own habit?"""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a flow."""

    name: str
    """The canonical name: the ERP path."""
    keap: str | None
    """Native Keap path; None for a derived row."""
    erp: str
    kind: Kind
    direction: Direction = "both"
    policy: Policy = "newest"
    group: str | None = None
    """Rows of one group (an address) move as one."""
    required: bool = False
    """A required reference gates the create; an optional one is left out until it is there."""
    create_only: bool = False
    optional: bool = False
    """Counts only while the Keap account has its custom field, and the ERP its property."""
    currency: str | None = None
    """The row with the currency of this amount."""
    default: dict[Side, Default] = field(default_factory=dict)
    """Fills a create on that side when the value is empty; never agreed."""
    derive: tuple[str, str] | None = None
    """(reference row, row of the referenced flow): an order's customer is its contact's customer. Create only."""

    def path(self, side: Side) -> str | None:
        """Return the native path on a side."""
        return self.keap if side == "keap" else self.erp

    def writes(self, side: Side) -> bool:
        """Tell whether values may be written to a side."""
        return self.direction in ("both", f"to_{side}")

    @property
    def label(self) -> str | None:
        """The label of the Keap custom field it stands on, None for a property that every account has."""
        return self.keap.removeprefix(CUSTOM) if self.keap and self.keap.startswith(CUSTOM) else None


@dataclass(frozen=True, slots=True)
class Default:
    """A create's filler: a constant, or the value of another row."""

    value: Value = None
    row: str | None = None


@dataclass(frozen=True, slots=True)
class MatchRule:
    """Which records are twins: every field non-empty and equal, after each type's normalisation.

    `unique`: one record on each side has this key at all, linked or not. `narrows`: asked only when the rule before found several on
    one side and one on the other. `without`: asked only for records whose named field is empty. `review_only`: never links by itself.
    """

    fields: tuple[str, ...]
    unique: bool = False
    narrows: bool = False
    without: str | None = None
    review_only: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """All parts must hold: one of `any` non-empty, every one of `all` non-empty, each of `equals` among its values."""

    gate: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    equals: dict[str, tuple[Value, ...]] = field(default_factory=dict)

    def holds(self, fields: Fields) -> bool:
        """Tell whether canonical `fields` pass."""
        return (
            (not self.any or any(fields.get(name) is not None for name in self.any))
            and all(fields.get(name) is not None for name in self.all)
            and all(fields.get(name) in values for name, values in self.equals.items())
        )


@dataclass(frozen=True, slots=True)
class FlowMapping:
    """Everything the core knows of a flow."""

    flow: Flow
    rows: tuple[Row, ...]
    match: tuple[MatchRule, ...]
    creates: dict[Side, tuple[Condition, ...]]
    """Sides on which records are created, with the conditions that gate a create there (`filter`, `keap_requires_price`, ...)."""
    stamp: dict[Side, str]
    """Native path of the stamp, for sides that have one."""
    priority: Side = "erp"
    """Wins when two edits carry the same time."""
    deletes: dict[Side, DeletePolicy] = field(default_factory=dict)
    """What happens on a side to the twin of a record that is gone; `keep` where it is not named."""
    currency: str | None = None
    """The Keap account's, ISO 4217; None while it is not known."""
    amounts: tuple[Row, ...] = field(init=False, compare=False, repr=False)
    """The rows whose values are of the currency that another row names."""
    shown: dict[Side, tuple[tuple[Row, str], ...]] = field(init=False, compare=False, repr=False)
    """The rows that a side shows, with their native paths."""
    written: dict[Side, dict[str, Row]] = field(init=False, compare=False, repr=False)
    """The rows whose edits are written to a side after the create, by name."""
    matched: frozenset[str] = field(init=False, compare=False, repr=False)
    """The rows that a match rule looks at."""
    _named: dict[str, Row] = field(init=False, compare=False, repr=False)
    _grouped: dict[str, tuple[Row, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Derive what every decision would work out anew."""
        shown = {side: tuple((row, path) for row in self.rows if (path := row.path(side))) for side in SIDES}
        edited = {side: {row.name: row for row, _ in rows if _carries_edits(row, side)} for side, rows in shown.items()}
        object.__setattr__(self, "amounts", tuple(row for row in self.rows if row.currency))
        matched = (name for rule in self.match for name in (*rule.fields, rule.without) if name)
        object.__setattr__(self, "matched", frozenset(matched))
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "written", edited)
        grouped = {row.group: tuple(each for each in self.rows if each.group == row.group) for row in self.rows if row.group}
        object.__setattr__(self, "_named", {row.name: row for row in self.rows})
        object.__setattr__(self, "_grouped", grouped)

    def row(self, name: str) -> Row:
        """Return the row of a canonical name; raises KeyError."""
        return self._named[name]

    def moving_with(self, row: Row) -> tuple[Row, ...]:
        """Return the rows that move as one with this one, itself among them."""
        return self._grouped[row.group] if row.group else (row,)

    def find(self, name: str) -> Row | None:
        """Return the row of a canonical name, None when none of it counts."""
        return self._named.get(name)


def _carries_edits(row: Row, side: Side) -> bool:
    return row.writes(side) and not row.create_only and row.derive is None


Mapping = dict[Flow, FlowMapping]
