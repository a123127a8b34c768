"""`keapsync dead-letters list|retry`: what could not be done, and another try once its cause is gone."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.session import session
from console.show import console, moment, table, text
from schemas.errors import SyncError

if TYPE_CHECKING:
    from console.read_model.letters import Letters
    from streams.settings import Settings

app = typer.Typer(help="List what could not be done, or try it again.", no_args_is_help=True)


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    all: Annotated[bool, typer.Option("--all", help="Those that were done since, too.")] = False,  # noqa: A002
) -> None:
    """List what could not be done and was not done since, newest first."""
    found = _read(session(ctx).settings())
    letters = sorted((*found.open, *found.done), key=lambda letter: -letter.at) if all else found.open
    rows = table("id", "at", "stage", "flow", "field", "error", "message")
    for letter in letters[:limit]:
        rows.add_row(letter.id, moment(letter.at), letter.stage, text(letter.flow), text(letter.field), letter.error, letter.message)
    console().print(rows)
    done = f"; {len(found.done)} more were done since, or say the same" if found.done else ""
    console().print(f"{len(found.open) or 'no'} dead letters{done}")


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
    found = _read(settings)
    letters = [*found.open] if all else [letter for letter in (*found.open, *found.done) if letter.id == id]
    if not letters and not all:
        raise SyncError(f"no dead letter has the id {id}")
    tried = try_again(settings, letters)
    console().print(f"tried again: {tried.changes} changes, {tried.links} links; cannot be tried again: {tried.hopeless}")


def _read(settings: Settings) -> Letters:
    from console.read_model import read_links, read_records
    from console.read_model.letters import sort_letters
    from schemas.records import DeadLetter
    from streams.topics import DEAD_LETTERS

    return sort_letters(read_records(settings, DEAD_LETTERS, DeadLetter), read_links(settings))
