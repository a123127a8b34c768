"""`keapsync dead-letters list|retry`: what could not be done, and another try once its cause is gone."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.session import session
from console.show import console, moment, table, text
from schemas.errors import SyncError

if TYPE_CHECKING:
    from schemas.records import DeadLetter
    from streams.settings import Settings

app = typer.Typer(help="List what could not be done, or try it again.", no_args_is_help=True)


@app.command("list")
def list_(ctx: typer.Context, limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50) -> None:
    """List the dead letters, newest first."""
    letters = sorted(_read(session(ctx).settings()), key=lambda letter: -letter.at)
    rows = table("id", "at", "stage", "flow", "field", "error", "message")
    for letter in letters[:limit]:
        rows.add_row(letter.id, moment(letter.at), letter.stage, text(letter.flow), text(letter.field), letter.error, letter.message)
    console().print(rows)
    console().print(f"{len(letters)} dead letters" if letters else "no dead letters")


@app.command()
def retry(
    ctx: typer.Context,
    id: Annotated[str | None, typer.Argument(help="A dead letter's id.")] = None,  # noqa: A002
    *,
    all: Annotated[bool, typer.Option("--all", help="Every one that can be tried again.")] = False,  # noqa: A002
) -> None:
    """Feed a change in again, or let a rejected write be issued again."""
    from console.retry import retry as try_again

    if (id is None) != all:
        raise typer.BadParameter("name one dead letter, or --all")
    settings = session(ctx).settings()
    letters = [letter for letter in _read(settings) if all or letter.id == id]
    if not letters and not all:
        raise SyncError(f"no dead letter has the id {id}")
    tried = try_again(settings, letters)
    console().print(f"tried again: {tried.changes} changes, {tried.links} links; cannot be tried again: {tried.hopeless}")


def _read(settings: Settings) -> list[DeadLetter]:
    from console.read_model import read_records
    from schemas.records import DeadLetter
    from streams.topics import DEAD_LETTERS

    return list(read_records(settings, DEAD_LETTERS, DeadLetter))
