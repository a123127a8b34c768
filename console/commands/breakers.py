"""`keapsync breakers`: where too many writes at once were stopped, and what an operator makes of them."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from console.session import session
from console.show import console, table
from schemas.flows import Flow, Side

app = typer.Typer(help="List where writes were stopped, and let them go or withhold them.", no_args_is_help=True)

FlowName = Annotated[Flow, typer.Argument(help="The flow.")]
SideName = Annotated[Side, typer.Argument(help="The side that is written.")]
Connection = Annotated[str | None, typer.Option(help="Only this connection; else every one.")]


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the breakers that are open, with how many links wait at each."""
    from console.read_model import read_links

    links = read_links(session(ctx).connected())
    waiting = Counter((link.connection, gate) for link in links.all for gate in link.gates if gate.startswith("breaker/"))
    if not waiting:
        console().print("no writes were stopped")
        return
    rows = table("connection", "flow", "side", "links waiting")
    for (connection, gate), count in sorted(waiting.items()):
        _, flow, side = gate.split("/")
        rows.add_row(connection, flow, side, str(count))
    console().print(rows)


@app.command()
def release(ctx: typer.Context, flow: FlowName, side: SideName, connection: Connection = None) -> None:
    """Let the stopped writes be carried out, counted anew."""
    _ask(ctx, "release", flow, side, connection)


@app.command()
def withhold(ctx: typer.Context, flow: FlowName, side: SideName, connection: Connection = None) -> None:
    """Leave the side as it is: what was stopped is not written until somebody edits it again."""
    _ask(ctx, "withhold", flow, side, connection)


def _ask(ctx: typer.Context, op: str, flow: Flow, side: Side, connection: str | None) -> None:
    from console.requests import request

    settings = session(ctx).connected()
    for name in [connection] if connection else settings.connections:
        request(settings, name, "release" if op == "release" else "withhold", flow=flow, side=side)
    console().print(f"asked to {op} the writes to {side} {flow}")
