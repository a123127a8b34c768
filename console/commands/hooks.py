"""`keapsync hooks`: the receiver, and what the two systems are asked to announce to it."""

# ruff: noqa: PLC0415 - the server and the connectors are imported only where they are used

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from console.session import session
from console.show import console, table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connectors.hooks import Announcer, Subscription
    from streams.hooks.places import Place
    from streams.settings import Settings

app = typer.Typer(help="Hear of changes sooner: receive hooks, keep their subscriptions.", invoke_without_command=True)


@app.callback()
def hooks(ctx: typer.Context) -> None:
    """Receive hooks, and keep their subscriptions alive."""
    if ctx.invoked_subcommand is None:
        settings = session(ctx).connected()
        from streams.workers.hooks import run_hooks

        raise typer.Exit(run_hooks(settings))


@app.command()
def subscribe(ctx: typer.Context) -> None:
    """Make what is missing, and bring back what was given up, once; the receiver has to run, and does so itself every minute."""
    settings = session(ctx).connected()
    from streams.hooks.watch import ensure
    from streams.workers.hooks import secrets_of

    _print(_each(settings, lambda place, announcer: ensure(place, announcer, secrets_of(settings))))


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List all subscriptions of the accounts, those of others too; addresses are shown without their path, which is a secret."""
    settings = session(ctx).connected()
    _print(_each(settings, lambda _, announcer: announcer.subscriptions()))


def _each(settings: Settings, work: Callable[[Place, Announcer], Awaitable[list[Subscription]]]) -> list[tuple[Place, list[Subscription]]]:
    from streams.hooks.places import announcer, places

    async def one(place: Place) -> list[Subscription]:
        account = announcer(settings, place)
        try:
            return await work(place, account)
        finally:
            await account.close()

    async def all_of_them() -> list[tuple[Place, list[Subscription]]]:
        return [(place, await one(place)) for place in places(settings)]

    return asyncio.run(all_of_them())


def _print(found: list[tuple[Place, list[Subscription]]]) -> None:
    rows = table("connection", "side", "key", "ours", "state", "events", "to")
    for place, subscriptions in found:
        for each in subscriptions:
            to = "/".join(each.url.split("/")[:3])
            state = Text("live") if each.live else Text("not live", style="red")
            ours = "yes" if each.url == place.url else "no"
            rows.add_row(place.connection, place.side, each.key, ours, state, _events(each), to)
    console().print(rows)


def _events(subscription: Subscription) -> str:
    """Name one event; of many, what they are about."""
    if len(subscription.events) == 1:
        return next(iter(subscription.events))
    kinds = sorted({event.partition(".")[0] for event in subscription.events})
    return f"{len(subscription.events)} of {', '.join(kinds)}"
