"""`keapsync links`: the pairs, and everything about one of them."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console.session import session
from console.show import console, table, text
from schemas.errors import SyncError
from schemas.flows import Flow

if TYPE_CHECKING:
    from streams.sync.state import Link

State = Literal["half", "linked", "review", "orphan", "ignored"]


def links(
    ctx: typer.Context,
    flow: Annotated[Flow | None, typer.Option(help="Only this flow.")] = None,
    state: Annotated[State | None, typer.Option(help="Only this state.")] = None,
    waits: Annotated[
        str | None, typer.Option("--waits", help="Only those that wait for this: approval, breaker, choose, thaw, ...")
    ] = None,
    id: Annotated[str | None, typer.Option("--id", help="A link's id, a ref (keap/contact/12), or a record's own id.")] = None,  # noqa: A002
    limit: Annotated[int, typer.Option(min=1, help="Rows to print at most.")] = 100,
) -> None:
    """List links and what they wait for; with --id show both sides, the values, what it waits for and what is in flight."""
    from console.read_model import read_links
    from console.read_model.links import waits as waits_of
    from console.views.link import print_link

    found = read_links(session(ctx).settings())
    if id is None:
        _print_list([link for link in found.chosen(flow, state) if waits in (None, *waits_of(link))], limit)
        return
    matching = found.find(id)
    if not matching:
        raise SyncError(f"no link has {id}: neither as its id, nor as a ref, nor as a record's id")
    for link in matching:
        print_link(link)


def _print_list(chosen: list[Link], limit: int) -> None:
    from console.read_model.links import refs, title, waits_for

    rows = table("link", "flow", "state", "keap", "erp", "name", "waits for")
    for link in chosen[:limit]:
        ids = refs(link)
        rows.add_row(link.id, link.flow, link.state, text(ids.get("keap")), text(ids.get("erp")), title(link), text(waits_for(link)))
    console().print(rows)
    if len(chosen) > limit:
        console().print(f"{len(chosen) - limit} more; --limit {len(chosen)} prints all")
