"""The core's one door: (table, event) -> what follows. Pure: same rows, same event, same time, same decision."""

from __future__ import annotations

from schemas.records import Change, Control, Outcome, ScanMark
from streams.sync.change import on_change
from streams.sync.control import on_control
from streams.sync.mark import on_assigned, on_mark, on_release, on_skip
from streams.sync.merged import look_for_survivors
from streams.sync.outcome import on_outcome
from streams.sync.pages import PAGE
from streams.sync.settle import look_again, move_up
from streams.sync.turn import Context, Decision, Table, Turn

Event = Change | ScanMark | Outcome | Control


def decide(context: Context, table: Table, event: Event, now: int) -> Decision:
    """Decide on one event at `now` (ms)."""
    turn = Turn(context, table, now, _cause(event))
    match event:
        case Change() if event.flow in context.mapping:
            on_change(turn, event)
        case ScanMark():
            on_mark(turn, event)
        case Outcome():
            on_outcome(turn, event)
        case Control():
            on_control(turn, event)
        case _:
            pass
    return _finish(turn)


def release(context: Context, table: Table, now: int, most: int = PAGE) -> Decision:
    """Continue a release that one decision was too small for, by so many links; call again while the decision says `more`."""
    turn = Turn(context, table, now, "release")
    on_release(turn, most)
    return _finish(turn)


def skip(context: Context, table: Table, now: int, error: Exception) -> Decision:
    """Go past the link that a release stands before and that raised this."""
    turn = Turn(context, table, now, "release")
    on_skip(turn, type(error).__name__, str(error) or repr(error))
    return turn.finish()


def assigned(context: Context, table: Table, now: int) -> Decision:
    """Take up what an earlier owner of the partition left; then `release` while it says `more`."""
    turn = Turn(context, table, now, "assignment")
    on_assigned(turn)
    return _finish(turn)


def _finish(turn: Turn) -> Decision:
    look_for_survivors(turn)
    look_again(turn)
    move_up(turn)
    return turn.finish()


def _cause(event: Event) -> str:
    match event:
        case Change():
            return f"{event.ref} {event.capture} {event.version or event.updated_at or event.read_at}"
        case ScanMark():
            return f"{event.side}/{event.entity} {event.kind}"
        case Outcome():
            return f"command {event.command} {event.status}"
        case Control():
            return f"{event.op} by {event.by}"
