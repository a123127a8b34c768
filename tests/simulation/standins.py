"""What mutants put in the place of rules: each does what the program would do without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streams.capture.hints
import streams.capture.position
import streams.capture.sweep
import streams.sync.breaker
import streams.sync.change
import streams.sync.commands
import streams.sync.fields
import streams.sync.freshness
import streams.sync.index
import streams.sync.match
import streams.sync.merge
import streams.sync.retire
import streams.sync.settle
import streams.write.delete
from schemas.flows import Side
from streams.sync.state import Link
from streams.sync.turn import Turn
from tests.simulation.sync import Agent, Transaction

sync, write, capture = streams.sync, streams.write, streams.capture


def nothing(*_: Any, **__: Any) -> None:
    """Do nothing, know nothing."""


async def nothing_soon(*_: Any, **__: Any) -> None:
    """Do nothing, know nothing."""


def always(value: Any) -> Callable[..., Any]:
    """Return something that answers `value`, whatever it is asked."""
    return lambda *_, **__: value


_judge = streams.sync.freshness.judge


def guess(*args: Any, **more: Any) -> str:
    """Take for news what nothing tells to be."""
    return "fresh" if (verdict := _judge(*args, **more)) == "unsure" else verdict


def first_of_many(link: Link, side: Side, rule: Any, mine: list[Link], theirs: list[Link]) -> Any:
    """Take the first record that shares a key."""
    return (
        sync.match.Match("a guess", theirs[0], ())
        if theirs and sync.match.is_open(theirs[0], "erp" if side == "keap" else "keap")
        else None
    )


def as_sent(turn: Turn, link: Link, side: Side, row: Any, sent: Any, before: Any, got: Any) -> None:
    """Believe that a side stores what it was sent."""
    sync.fields.show(link, side, row, sent)


def torn(agent: Agent, transaction: Transaction) -> None:
    """Rows and commands in two transactions, with a crash in between."""
    if agent.random.random() < 0.05:
        transaction.commands.clear()
    agent.changelog += transaction.rows.items()
    agent.topics.publish(transaction.commands, transaction.journal, transaction.letters)


async def another_key(job: Any) -> Any:
    """Send a create with a key of its own each time."""
    command = job.command
    return await job.sink.create(job.flow, command.fields, stamp=command.stamp, key=f"{command.id}#{job.sink.system.random.random()}")


_journal = Turn.journal


def unjournaled(turn: Turn, link: Link, kind: str, detail: str, **more: Any) -> None:
    """Journal no conflict."""
    if kind != "conflict":
        _journal(turn, link, kind, detail, **more)


def claim_parts(turn: Turn, link: Link, side: Side, edits: list[Any], group: Any, at: int) -> None:
    """Win a group row by row."""
    for edit in edits:
        sync.merge._take(turn, link, side, edit, at)


def forget(turn: Turn, link: Link, side: Side, *_: Any, **__: Any) -> None:
    """A record that is gone never was."""
    state = link.side(side)
    with sync.index.reindexed(turn, link, side):
        state.id, state.gone = None, False
    state.seen, state.held, state.known_at, link.state = {}, {}, 0, "half"


def write_at_once(turn: Turn, link: Link, side: Side) -> None:
    """Do not wait for the outcome of the command in flight."""
    state = link.side(side)
    if state.id is not None and not state.gone and state.blocked is None:
        sync.commands.update(turn, link, side)


_absorb = sync.merge.absorb


def still_blocked(turn: Turn, link: Link, *args: Any, **more: Any) -> None:
    """Take in an edit and stay blocked."""
    blocked = link.keap.blocked, link.erp.blocked
    _absorb(turn, link, *args, **more)
    link.keap.blocked, link.erp.blocked = blocked


def keep_freed(turn: Turn) -> None:
    """Give a freed slot to nobody."""
    turn.freed.clear()


_judge_change = streams.sync.change.judge


def reread_is_true(state: Any, change: Any, **more: Any) -> str:
    """Take an answer for the truth, however often it is delivered."""
    return "fresh" if change.capture == "reread" else _judge_change(state, change, **more)


class Anything:
    """Equal to whatever it is compared with."""

    def __eq__(self, _: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


async def unproved(feed: Any, record: str, _: Any) -> Any:
    """What two listings did not show is gone."""
    return feed.position.deletion(record, streams.capture.sweep.now_ms(), "reread")


_remember = streams.capture.position.Position.remember


def remember_polls(position: Any, fresh: Any) -> None:
    """Remember of hooks only what is known already."""
    if fresh.change.capture != "hook" or fresh.change.id in position.inventory:
        _remember(position, fresh)


_announce = streams.capture.hints.Hints.announce


def announce_early(hints: Any, record: str, at: int) -> None:
    """Follow a hook before replicas have caught up."""
    _announce(hints, record, at - hints.lag_ms)


def approve_all(turn: Turn, link: Link) -> str | None:
    """Take an approval for all that comes later."""
    asks = link.flow in turn.context.approve and not link.approved
    return f"approval/{link.flow}" if asks and link.flow not in turn.progress().approved else None


_count = streams.sync.breaker.count


def count_together(turn: Turn, link: Link, side: Side, _: str) -> None:
    """Count every write as both kinds."""
    for kind in ("updates", "deletes"):
        _count(turn, link, side, kind)  # type: ignore[arg-type]


def forget_parts(turn: Turn, link: Link) -> None:
    """A row of a group is settled alone."""
    for name in list(link.disputed):
        row = turn.mapping(link.flow).row(name)
        if sync.fields.same(turn, row, sync.fields.canonical(link, "keap", row), sync.fields.canonical(link, "erp", row)):
            link.disputed.remove(name)
            turn.journal(link, "settled", name, field=name)


def stopped_rows(link: Link, rows: Any) -> set[str]:
    """Stop a row without its group."""
    return {row.name for row in rows if row.name in [*link.disputed, *link.frozen]}


def come_back_off(turn: Turn, link: Link, side: Side) -> None:
    """Bring a record back and leave its twin off."""
    _come_back(turn, link, side)
    for each in ("keap", "erp"):
        link.side(each).retire = None  # type: ignore[arg-type]


_come_back = streams.sync.retire.come_back


def tolerate_for_ever(turn: Turn, link: Link, side: Side, edits: list[Any]) -> None:
    """What somebody made of a one-way field at its target stays, whatever its source says."""
    for edit in edits:
        sync.fields.show(link, side, edit.row, edit.native)
        sync.fields.hold(link, side, edit.row, sync.fields.agreed(link, edit.row.name).rev)


def ask_of_all(turn: Turn, link: Link, side: Side) -> Any:
    """Leave every twin to an operator."""
    found = _match(turn, link, side)
    return sync.match.Match(found.rule, None, tuple(sync.fields.refs_of(found.twin))) if found and found.twin else found


_match = streams.sync.settle.match


async def delete_again(job: Any, **_: Any) -> Any:
    """Repeat a delete without a look."""
    return await _attempt(job, again=False)


_attempt = streams.write.delete._attempt
