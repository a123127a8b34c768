"""`keapsync approve | choose | thaw`: an operator lets creates go, settles a dispute, or lets a frozen field move again."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from typing import Annotated

import typer

from console.commands.review import Name, one_link
from console.session import session
from console.show import console
from schemas.flows import FLOWS, Side

Field = Annotated[str, typer.Argument(help="The field, by its ERP name.")]


def approve(ctx: typer.Context, name: Annotated[str, typer.Argument(help="A flow, or a link's id or ref.")]) -> None:
    """Let the creates of a flow that wait now, or the one of a link, be carried out (plan mode)."""
    from console.read_model import read_links
    from console.requests import request

    settings = session(ctx).connected()
    if name in FLOWS:
        for connection in settings.connections:
            request(settings, connection, "approve", flow=name)
        console().print(f"approved whatever waits of {name} now; what comes later asks again")
        return
    found = one_link(read_links(settings), name)
    request(settings, found.connection, "approve", link=found.id)
    console().print(f"approved {name}")


def choose(ctx: typer.Context, name: Name, field: Field, side: Annotated[Side, typer.Argument(help="Whose value stands.")]) -> None:
    """Choose between the two values of a disputed field (policy `manual`); a group is chosen whole."""
    from console.read_model import read_links
    from console.requests import request
    from schemas.errors import SyncError

    settings = session(ctx).connected()
    found = one_link(read_links(settings), name)
    if field not in found.disputed:
        raise SyncError(f"{field} of {name} is not disputed; disputed: {', '.join(found.disputed) or 'nothing'}")
    request(settings, found.connection, "choose", link=found.id, field=field, side=side)
    console().print(f"asked to let the value of {side} stand")


def thaw(ctx: typer.Context, name: Name, field: Field) -> None:
    """Let a field move again that was frozen because two automations fought over it."""
    from console.read_model import read_links
    from console.requests import request
    from schemas.errors import SyncError

    settings = session(ctx).connected()
    found = one_link(read_links(settings), name)
    if field not in found.frozen:
        raise SyncError(f"{field} of {name} is not frozen; frozen: {', '.join(found.frozen) or 'nothing'}")
    request(settings, found.connection, "thaw", link=found.id, field=field)
    console().print(f"asked to thaw {field}; what was agreed last is written to whoever shows something else")
