"""`keapsync review`: what nobody can tell but an operator, and the operator's answers through the `control` topic."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.session import session
from console.show import console, table
from schemas.errors import SyncError
from schemas.flows import SIDES

if TYPE_CHECKING:
    from console.read_model import Links
    from streams.sync.state import Link

app = typer.Typer(help="List what waits for a decision, and decide.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A ref (keap/contact/12) or a link's id.")]


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the records in review, each group with all its candidates."""
    from console.read_model import read_links
    from console.views.review import groups

    found = groups(read_links(session(ctx).settings()).chosen(state="review"))
    for number, group in enumerate(found, start=1):
        rows = table("ref", "name", "reason", title=f"{number}. {group.flow} ({group.connection})")
        for ref, name, reason in group.rows:
            rows.add_row(ref, name, reason)
        console().print(rows)
    console().print(f"{len(found)} groups in review" if found else "nothing is in review")


@app.command()
def link(ctx: typer.Context, a: Name, b: Name) -> None:
    """Declare two records twins, one of each side."""
    from console.read_model import read_links
    from console.requests import request
    from streams.sync.turn import living

    settings = session(ctx).settings()
    links = read_links(settings)
    one, two = one_link(links, a), one_link(links, b)
    if (one.flow, one.connection) != (two.flow, two.connection):
        raise SyncError(f"{a} is a {one.flow} of {one.connection}, {b} a {two.flow} of {two.connection}: they cannot be twins")
    for name, each in ((a, one), (b, two)):
        if len([*living(each)]) > 1:
            raise SyncError(f"{name} has a twin, they are link {each.id}: `keapsync review unlink {each.id}` comes first")
    if [*living(one)] == [*living(two)]:
        raise SyncError(f"{a} and {b} are both on one side: twins are one record of each")
    request(settings, one.connection, "link", a=one.id, b=two.id)
    console().print(f"asked to link {a} and {b}; `keapsync links --id {a}` shows what became of it")


@app.command()
def unlink(ctx: typer.Context, name: Name) -> None:
    """Take a pair apart; neither record is written or matched by rule again."""
    from console.read_model import read_links
    from console.read_model.links import refs
    from console.requests import request

    settings = session(ctx).settings()
    found = one_link(read_links(settings), name)
    if len(refs(found)) < len(SIDES):
        raise SyncError(f"{name} is no pair: there is nothing to take apart")
    request(settings, found.connection, "unlink", link=found.id)
    console().print(f"asked to take {found.id} apart")


@app.command()
def ignore(ctx: typer.Context, name: Name) -> None:
    """Leave a record alone from now on: no twin, no writes."""
    from console.read_model import read_links
    from console.requests import request

    settings = session(ctx).settings()
    found = one_link(read_links(settings), name)
    request(settings, found.connection, "ignore", ref=found.id)
    console().print(f"asked to ignore {name}")


def one_link(links: Links, name: str) -> Link:
    """Return the one link that `name` means."""
    found = links.find(name)
    if not found:
        raise SyncError(f"no link has {name}")
    if len(found) > 1:
        raise SyncError(f"{name} may be any of {', '.join(each.id for each in found)}: name a ref such as keap/contact/12")
    return found[0]
