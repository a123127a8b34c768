"""The simulation's own test: rules of the design, switched off one by one. Each must show as a violation.

A mutant is a name and the things it puts in the place of others (owner, name, value); the owner is the module that uses the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import streams.capture.budget
import streams.capture.hints
import streams.capture.inventory
import streams.capture.position
import streams.capture.sweep
import streams.capture.watermark
import streams.sync.breaker
import streams.sync.change
import streams.sync.commands
import streams.sync.fields
import streams.sync.freshness
import streams.sync.gates
import streams.sync.index
import streams.sync.match
import streams.sync.merge
import streams.sync.merged
import streams.sync.outcome
import streams.sync.pair
import streams.sync.retire
import streams.sync.settle
import streams.sync.slots
import streams.sync.turn
import streams.write.create
import streams.write.delete
import streams.write.update
import tests.simulation.capture
import tests.simulation.sinks
from schemas.flows import Side
from streams.sync import decide as core
from streams.sync.state import Link
from streams.sync.turn import Turn
from tests.simulation.clock import Change
from tests.simulation.sinks import SimulatedJob
from tests.simulation.sync import Agent, Transaction

sync, write, capture = streams.sync, streams.write, streams.capture


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing, know nothing."""


async def _nothing_soon(*_: Any, **__: Any) -> None:
    """Do nothing, know nothing."""


def _always(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


_judge = streams.sync.freshness.judge


def _guess(*args: Any, **more: Any) -> str:
    return "fresh" if (verdict := _judge(*args, **more)) == "unsure" else verdict


def _first_of_many(link: Link, side: Side, rule: Any, mine: list[Link], theirs: list[Link]) -> Any:
    return (
        sync.match.Match("a guess", theirs[0], ())
        if theirs and sync.match.is_open(theirs[0], "erp" if side == "keap" else "keap")
        else None
    )


def _as_sent(turn: Turn, link: Link, side: Side, row: Any, sent: Any, before: Any, got: Any) -> None:
    sync.fields.show(link, side, row, sent)


def _torn(agent: Agent, transaction: Transaction) -> None:
    """Rows and commands in two transactions, with a crash in between."""
    if agent.random.random() < 0.05:
        transaction.commands.clear()
    agent.changelog += transaction.rows.items()
    agent.topics.publish(transaction.commands, transaction.journal, transaction.letters)


async def _another_key(job: Any) -> Any:
    command = job.command
    return await job.sink.create(job.flow, command.fields, stamp=command.stamp, key=f"{command.id}#{job.sink.system.random.random()}")


_journal = Turn.journal


def _unjournaled(turn: Turn, link: Link, kind: str, detail: str, **more: Any) -> None:
    if kind != "conflict":
        _journal(turn, link, kind, detail, **more)


def _claim_parts(turn: Turn, link: Link, side: Side, edits: list[Any], group: Any, at: int) -> None:
    for edit in edits:
        sync.merge._take(turn, link, side, edit, at)


def _forget(turn: Turn, link: Link, side: Side, *_: Any, **__: Any) -> None:
    """A record that is gone never was."""
    state = link.side(side)
    with sync.index.reindexed(turn, link, side):
        state.id, state.gone = None, False
    state.seen, state.held, state.known_at, link.state = {}, {}, 0, "half"


def _write_at_once(turn: Turn, link: Link, side: Side) -> None:
    """Do not wait for the outcome of the command in flight."""
    state = link.side(side)
    if state.id is not None and not state.gone and state.blocked is None:
        sync.commands.update(turn, link, side)


_absorb = sync.merge.absorb


def _still_blocked(turn: Turn, link: Link, *args: Any, **more: Any) -> None:
    blocked = link.keap.blocked, link.erp.blocked
    _absorb(turn, link, *args, **more)
    link.keap.blocked, link.erp.blocked = blocked


def _keep_freed(turn: Turn) -> None:
    turn.freed.clear()


_judge_change = streams.sync.change.judge


def _reread_is_true(state: Any, change: Any, **more: Any) -> str:
    return "fresh" if change.capture == "reread" else _judge_change(state, change, **more)


class _Anything:
    """Equal to whatever it is compared with."""

    def __eq__(self, _: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


async def _unproved(feed: Any, record: str, _: Any) -> Any:
    """What two listings did not show is gone."""
    return feed.position.deletion(record, streams.capture.sweep.now_ms(), "reread")


_remember = streams.capture.position.Position.remember


def _remember_polls(position: Any, fresh: Any) -> None:
    if fresh.change.capture != "hook" or fresh.change.id in position.inventory:
        _remember(position, fresh)


_announce = streams.capture.hints.Hints.announce


def _announce_early(hints: Any, record: str, at: int) -> None:
    _announce(hints, record, at - hints.lag_ms)


def _approve_all(turn: Turn, link: Link) -> str | None:
    asks = link.flow in turn.context.approve and not link.approved
    return f"approval/{link.flow}" if asks and link.flow not in turn.progress().approved else None


_count = streams.sync.breaker.count


def _count_together(turn: Turn, link: Link, side: Side, _: str) -> None:
    for kind in ("updates", "deletes"):
        _count(turn, link, side, kind)  # type: ignore[arg-type]


def _forget_parts(turn: Turn, link: Link) -> None:
    """A row of a group is settled alone."""
    for name in list(link.disputed):
        row = turn.mapping(link.flow).row(name)
        if sync.fields.same(turn, row, sync.fields.canonical(link, "keap", row), sync.fields.canonical(link, "erp", row)):
            link.disputed.remove(name)
            turn.journal(link, "settled", name, field=name)


def _stopped_rows(link: Link, rows: Any) -> set[str]:
    return {row.name for row in rows if row.name in [*link.disputed, *link.frozen]}


def _come_back_off(turn: Turn, link: Link, side: Side) -> None:
    _come_back(turn, link, side)
    for each in ("keap", "erp"):
        link.side(each).retire = None  # type: ignore[arg-type]


_come_back = streams.sync.retire.come_back


async def _delete_again(job: Any, **_: Any) -> Any:
    return await _attempt(job, again=False)


_attempt = streams.write.delete._attempt


MUTANTS: Final[dict[str, list[Change]]] = {
    # capture
    "the watermark is later than the start of the run": [
        (capture.watermark, "advance", lambda _, started_at, **__: started_at + 20_000),
    ],
    "ids of our own writes do not enter the inventory": [(capture.inventory.Inventory, "meet", _nothing)],
    "ids of hooks do not enter the inventory with their change": [(capture.position.Position, "remember", _remember_polls)],
    "hooks are followed before every replica shows their change": [(capture.hints.Hints, "announce", _announce_early)],
    "sweeps follow each other at once": [(tests.simulation.capture, "sweep_at", _always(0))],
    "missed once is gone": [(capture.sweep, "MISSED", _Anything())],
    "what two sweeps missed is not asked for": [(capture.sweep, "_proved", _unproved)],
    "polls do not look at their budget": [(capture.budget.Budget, "least_s", _always(0.0))],
    "a short scan is believed": [(capture.sweep, "believed", _always(True))],
    # knowing
    "whatever comes is news": [(sync.change, "judge", _always("fresh"))],
    "what cannot be told is believed": [(sync.change, "judge", _guess)],
    "a reread in the log is the truth": [(sync.change, "judge", _reread_is_true)],
    "the deferred change is forgotten": [(sync.outcome, "accept", _nothing)],
    # one record
    "creates do not wait for the snapshots": [(sync.gates, "snapshots", _always(None))],
    "a record is not held against the creates under way": [
        (sync.gates, "create_in_flight", _always(None)),
        (sync.change, "create_in_flight", _always(None)),
    ],
    "no match is looked for before a create": [(sync.settle, "match", _always(None))],
    "the first of several candidates is taken": [(sync.match, "_verdict", _first_of_many)],
    "stamps are not read": [(sync.change, "is_stamp", _always(False))],
    "what is gone never was": [(sync.change, "vanish", _forget), (sync.outcome, "vanish", _forget)],
    "a merge is taken for a deletion": [(sync.merged, "_heirs", _always(sync.merged.Heirs([], known=False)))],
    # fields
    "the read-back is not noted": [(sync.outcome, "_stored", _as_sent)],
    "a found record counts as written by us": [(sync.outcome, "_alike", _always(True))],
    "losers are not journaled": [(Turn, "journal", _unjournaled)],
    "a group is won in parts": [(sync.merge, "_claim", _claim_parts)],
    "references are compared as text": [(sync.fields, "resolve", lambda _, ref: ref)],
    "a parted half keeps the pair's word": [(sync.pair, "_speak_for_itself", _nothing)],
    "who says the same has not moved on since": [(sync.merge, "_may_show_more", _always(False))],
    "whatever comes is the reading that was asked for": [(sync.change, "_too_early", _always(False))],
    # waiting
    "nobody lets go of who waits for a twin": [(sync.settle, "open_gates", _nothing)],
    "nobody lets go of who waits for a create": [(sync.outcome, "schedule", _nothing)],
    "a freed slot is not handed on": [(core, "move_up", _keep_freed)],
    "slots are not given back": [(sync.slots, "free", _nothing)],
    "an edit does not lift a block": [(sync.change, "absorb", _still_blocked), (sync.outcome, "absorb", _still_blocked)],
    "a command does not wait for the one in flight": [(sync.settle, "write", _write_at_once)],
    "command numbers restart after a loss": [(sync.commands, "max", lambda number, _: number)],
    # asking
    "approval is not asked": [(sync.gates, "approval", _always(None))],
    "an approval covers what comes later": [(sync.gates, "approval", _approve_all)],
    "disputed and frozen fields are written": [(sync.commands, "stopped_groups", _always(set()))],
    "a group is settled and written in parts": [
        (sync.settle, "forget_settled", _forget_parts),
        (sync.commands, "stopped_groups", _stopped_rows),
    ],
    "fights are never frozen": [(sync.merge, "note_edit", _nothing)],
    "a breaker does not count": [(sync.breaker, "count", _nothing)],
    "a breaker counts updates as deletes": [(sync.breaker, "count", _count_together)],
    # deleting
    "an edited twin is deleted": [(sync.settle, "edited_since", _always(False))],
    "a delete does not expect what was seen": [(write.delete, "same", _always(True))],
    "a delete that comes again deletes again": [(write.delete, "_attempt", _delete_again)],
    "what is gone is not retired": [(sync.merged, "retire", _nothing)],
    "who comes back finds its twin switched off": [(sync.change, "come_back", _come_back_off), (sync.retire, "come_back", _come_back_off)],
    # crashes
    "a paused worker commits beside its successor": [(Agent, "fenced", _always(False))],
    "rows and commands are not one transaction": [(Agent, "publish", _torn)],
    # writing
    "expectations are not compared": [(write.update, "verdict", _always("expected"))],
    "a repeated create is not looked up": [(write.create, "_look", _nothing_soon)],
    "a lost request is not given its time": [(SimulatedJob, "wait_until", _nothing_soon)],
    "what is finished is done again": [(tests.simulation.sinks, "is_finished", _always(False))],
    "every attempt has a key of its own": [(write.create, "_send", _another_key)],
}
