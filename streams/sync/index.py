"""The index of match keys: which links share an e-mail, a name, a sku, on each side.

A key is made of what a side shows, normalised by the row's type and then without case, accents and doubled spaces. References are left out
of it: which customer a contact belongs to is compared through the link index when candidates are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from schemas.flows import Side
from streams.mapping.kinds.fold import fold
from streams.mapping.rows import FlowMapping, MatchRule
from streams.sync import pages
from streams.sync.fields import canonical
from streams.sync.rows import digest
from streams.sync.state import Link
from streams.sync.turn import Turn

_UNMOVED: Final = nullcontext()


def reindexed(turn: Turn, link: Link, side: Side, names: Collection[str] | None = None) -> AbstractContextManager[None]:
    """Keep a side's keys right across a change of its fields, its id or the link's state; `names` are the fields that may change."""
    unmoved = names is not None and turn.mapping(link.flow).matched.isdisjoint(names)
    return _UNMOVED if unmoved else _reindexed(turn, link, side)


@contextmanager
def _reindexed(turn: Turn, link: Link, side: Side) -> Iterator[None]:
    before = keys_of(turn, link, side)
    yield
    after = keys_of(turn, link, side)
    for key in before - after:
        pages.discard(turn, key, link.id)
        turn.loosened.add(key)
    for key in after - before:
        pages.add(turn, key, link.id)
        turn.tightened.add(key)


def keys_of(turn: Turn, link: Link, side: Side) -> set[str]:
    """Return every key a side of a link is known by; none when it has no record to offer."""
    state = link.side(side)
    if state.id is None or state.gone or link.state == "ignored":
        return set()
    mapping = turn.mapping(link.flow)
    found = (key_of(link, side, mapping, rule) for rule in mapping.match)
    return {f"{link.flow}/{side}/{key}" for key in found if key is not None}


def key_of(link: Link, side: Side, mapping: FlowMapping, rule: MatchRule) -> str | None:
    """Return the key of a rule, None when a field of it is empty or the rule is not for this record."""
    if rule.without is not None and canonical(link, side, mapping.row(rule.without)) is not None:
        return None
    parts = []
    for name in rule.fields:
        row = mapping.row(name)
        value = canonical(link, side, row)
        if value is None:
            return None
        if not row.kind.reference:
            parts.append(fold(str(row.kind.key(value))))
    return f"{'+'.join(rule.fields)}/{digest(chr(0).join(parts))}"
