"""`keapsync sandbox keap|erp|ledger`: the systems, without the real ones."""

# ruff: noqa: PLC0415 - a server is imported only where it is run

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Run the Keap simulator, the reference ERP, or a second ERP of another taste.", no_args_is_help=True)

Port = Annotated[int, typer.Option(help="Where to listen.")]
Host = Annotated[str, typer.Option(help="Whom to listen to; the sandbox is not made for an open network.")]
Data = Annotated[Path | None, typer.Option(help="SQLite file; without one nothing outlives the process.")]
Token = Annotated[str | None, typer.Option(help="The bearer token it accepts, instead of its own.")]


@app.command()
def keap(port: Port = 8801, data: Data = None, token: Token = None, host: Host = "127.0.0.1") -> None:
    """Run the Keap simulator (REST v2)."""
    from sandbox.keap.server import serve

    serve(port, data, token, host)


@app.command()
def erp(port: Port = 8802, data: Data = None, token: Token = None, host: Host = "127.0.0.1") -> None:
    """Run the reference ERP (connectors/erp/contract.yaml)."""
    from sandbox.erp.server import serve

    serve(port, data, token, host)


@app.command()
def ledger(port: Port = 8803, token: Token = None, host: Host = "127.0.0.1") -> None:
    """Run the second ERP, which the profile in sandbox/ledger describes; nothing outlives the process."""
    from sandbox.ledger.server import serve

    serve(port, token, host)
