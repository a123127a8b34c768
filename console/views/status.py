"""The status page: one table per question an operator asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from console.read_model.links import title
from console.show import ago, console, moment, table, text
from console.views.budget import print_budgets
from schemas.flows import FLOWS

if TYPE_CHECKING:
    from console.read_model.status import Status

STATES = ("linked", "half", "review", "orphan", "ignored")


def print_status(status: Status) -> None:
    """Print every table that has something to say."""
    out = console()
    for warning in status.warnings:
        out.print(Text.assemble(("warning", "yellow"), f" {warning}"))
    for note in status.notes:
        out.print(Text.assemble(("note", "dim"), f" {note}"), soft_wrap=True)
    polls = table("connection", "side", "entity", "last poll", "first scan", "quota left", title="Capture", numbers=("quota left",))
    for head in status.heads:
        done = moment(head.snapshot_at) if head.snapshot_at else "running"
        polls.add_row(head.connection, head.side, head.entity, ago(head.polled_at, status.at), done, text(head.quota_left))
    out.print(polls)
    print_budgets(status.budgets)
    lag = table("stage", "records to do", title="\nLag", numbers=("records to do",))
    for stage, behind in status.lag.items():
        lag.add_row(stage, str(behind))
    out.print(lag)
    links = table("flow", *STATES, title="\nLinks", numbers=STATES)
    for flow in FLOWS:
        links.add_row(flow, *(str(status.states[flow, state]) for state in STATES))
    out.print(links)
    _print_counts(status)
    _print_flights(status)


def _print_counts(status: Status) -> None:
    out = console()
    if status.waiting:
        waiting = table("flow", "waits for", "links", title="\nWaiting", numbers=("links",))
        for (flow, gate), count in sorted(status.waiting.items()):
            waiting.add_row(flow, gate, str(count))
        out.print(waiting)
    if status.dead_letters:
        letters = table("stage", "error", "letters", title="\nDead letters", numbers=("letters",))
        for (stage, error), count in sorted(status.dead_letters.items()):
            letters.add_row(stage, error, str(count))
        out.print(letters)


def _print_flights(status: Status) -> None:
    out = console()
    in_review = sum(count for (_, state), count in status.states.items() if state == "review")
    letters = sum(status.dead_letters.values())
    out.print(f"\n{status.in_flight} commands in flight, {in_review} records in review, {letters} dead letters")
    out.print(f"{status.disputed} disputed fields wait for `keapsync choose`, {status.frozen} frozen ones for `keapsync thaw`")
    for link, side, command in status.overdue:
        since = ago(command.issued_at, status.at)
        out.print(f"no answer since {since}: {command.op} on {side} for {link.flow} {title(link)} (link {link.id})")
