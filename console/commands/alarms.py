"""`keapsync alarms`: scans that showed too few records to be believed, and the operator's word on them through the `control` topic."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console.session import session
from console.show import console, moment, table
from schemas.errors import SyncError
from schemas.flows import flow_of

if TYPE_CHECKING:
    from schemas.records import Survey

app = typer.Typer(help="List scans that nobody believes, and decide what they mean.", no_args_is_help=True)

Place = Annotated[str, typer.Argument(help="What `list` prints first: connection/side/flow.")]


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the scans that showed less than 90 % of the known records, or were refused: nothing was deleted for them."""
    from console.read_model.surveys import alarms, read_surveys

    found = alarms(read_surveys(session(ctx).settings()))
    rows = table("alarm", "since", "known", "shown", "refused", numbers=("known", "shown"))
    for survey in found:
        rows.add_row(_place(survey), moment(survey.alarm_at or 0), str(survey.known), str(survey.found), survey.refused or "")
    console().print(rows if found else "no alarm")


@app.command()
def commit(ctx: typer.Context, place: Place) -> None:
    """Take the short scan for the truth: the records are gone. Each is still missed twice and asked for before it counts as deleted."""
    _decide(ctx, place, "commit")
    console().print(f"{place}: asked for two sweeps that confirm it")


@app.command()
def discard(ctx: typer.Context, place: Place) -> None:
    """Forget the short scan: something was wrong with it. The next sweep looks again."""
    _decide(ctx, place, "discard")
    console().print(f"{place}: asked to forget it")


def _decide(ctx: typer.Context, place: str, op: Literal["commit", "discard"]) -> None:
    from console.read_model.surveys import alarms, read_surveys
    from console.requests import request

    settings = session(ctx).settings()
    found = [survey for survey in alarms(read_surveys(settings)) if _place(survey) == place]
    if not found:
        raise SyncError(f"{place} is no alarm; `keapsync alarms list` shows them")
    request(settings, found[0].connection, op, side=found[0].side, flow=flow_of(found[0].side, found[0].entity))


def _place(survey: Survey) -> str:
    return f"{survey.connection}/{survey.side}/{flow_of(survey.side, survey.entity)}"
