"""Which dead letters are still open: a later success of the same record, or of the same field of it, empties the entry.

Nobody notes that; it shows in the link table. A field that was refused is refused still while its revision is, one that could not be mapped
while its value is; a rejected write while its side is blocked. A change that made no link is done once the record was taken in later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.read_model.links import refs
from schemas.codec import expect
from schemas.errors import SchemaError
from schemas.records import Change, Command, DeadLetter
from streams.sync.fields import agreed
from streams.topics import CHANGES

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from console.read_model.links import Links
    from streams.sync.state import Link, SideState


@dataclass(frozen=True, slots=True)
class Letters:
    """The dead letters there are: what is still to be done, each thing once by its newest letter, and what is not."""

    open: tuple[DeadLetter, ...]
    done: tuple[DeadLetter, ...]


def sort_letters(letters: Iterable[DeadLetter], links: Links) -> Letters:
    """Tell the open letters from those that are done or were written again; newest first."""
    by_id = {(link.connection, link.id): link for link in links.all}
    by_ref = {(link.connection, ref): link for link in links.all for ref in refs(link).values()}
    still: list[DeadLetter] = []
    done: list[DeadLetter] = []
    told: set[Hashable] = set()
    for letter in sorted(letters, key=lambda each: -each.at):
        if letter.link is not None:
            is_open = _is_open(letter, by_id.get((letter.connection, letter.link)))
        else:
            is_open = not _taken_in(letter, by_ref)
        (still if is_open and _what(letter) not in told else done).append(letter)
        told.add(_what(letter))
    return Letters(tuple(still), tuple(done))


def _what(letter: DeadLetter) -> Hashable:
    """Return what a letter is about: a record's field, its write, or a message."""
    if letter.link is not None:
        return letter.connection, letter.link, letter.side, letter.field
    return letter.topic, letter.partition, letter.key_bytes, letter.value_bytes


def _is_open(letter: DeadLetter, link: Link | None) -> bool:
    if link is None or link.state == "ignored":  # it was absorbed by another, or is nobody's concern any more
        return False
    if letter.side is None:
        return True
    state, name = link.side(letter.side), letter.field
    if name is None:
        return state.blocked is not None or _under_way(letter, state)
    return name in state.unmapped or (name in state.refused and state.refused[name] == agreed(link, name).rev)


def _under_way(letter: DeadLetter, state: SideState) -> bool:
    """Tell whether the link has not heard yet of the rejection."""
    try:
        return state.pending is not None and state.pending.command.id == expect(letter.value_bytes, Command).id
    except SchemaError:
        return False


def _taken_in(letter: DeadLetter, by_ref: dict[tuple[str, str], Link]) -> bool:
    """Tell whether the record of a change was read, and taken in, no earlier than the change says."""
    if letter.topic != CHANGES:
        return False
    try:
        change = expect(letter.value_bytes, Change)
    except SchemaError:
        return False
    link = by_ref.get((change.connection, change.ref))
    return link is not None and link.side(change.side).known_at >= change.read_at
