"""`keapsync keap fields`: which custom fields the mapping stands on, and making those that the account lacks."""

# ruff: noqa: PLC0415 - HTTP is imported only where it is used

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from console.errors import FAILED, report
from console.session import session
from console.show import console, table
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from console.fields import Made, Wanted
    from streams.settings import Settings

Connection = Annotated[str | None, typer.Argument(help="One connection; all without it.")]
Create = Annotated[bool, typer.Option("--create", help="Make the fields that are missing.")]


def fields(ctx: typer.Context, connection: Connection = None, *, create: Create = False) -> None:
    """List the custom fields that the mapping names and whether Keap has them; exit code 1 when one could not be made."""
    settings = session(ctx).connected()
    if connection is not None and connection not in settings.connections:
        raise ConfigurationError(f"{connection} is no connection; allowed: {', '.join(settings.connections)}")
    names = [connection] if connection else list(settings.connections)
    refused = [sentence for name in names for sentence in _one(settings, name, create=create)]
    if refused:
        report(refused)
        raise typer.Exit(FAILED)


def _one(settings: Settings, name: str, *, create: bool) -> list[str]:
    from console.fields import look

    wanted, made = asyncio.run(look(settings, name, create=create))
    rows = table("flow", "label", "ERP property", "type", "in Keap", title=name)
    for field in wanted:
        rows.add_row(field.flow, field.label, field.feeds, field.field_type, _state(field, made))
    out = console()
    out.print(rows)
    missing = sum(field.there is None for field in wanted) - len(made.made)
    out.print(f"{name}: {len(wanted)} custom fields, {len(made.made)} made, {missing} missing")
    if made.made:
        out.print("Their rows count from the next start of the workers on; what existing records hold is then carried over.")
    elif missing and not create:
        out.print("`keapsync keap fields --create` makes them.")
    return [f"{name}: {sentence}" for sentence in made.refused]


def _state(field: Wanted, made: Made) -> str:
    if field in made.made:
        return "made"
    if field.there is None:
        return f"missing; there is {field.alike!r}" if field.alike else "missing"
    return "there" if field.there == field.field_type else f"there as {field.there}"
