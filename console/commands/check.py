"""`keapsync check`: would the workers start, and if not, what is all wrong."""

# ruff: noqa: PLC0415 - the connectors are imported only where they are asked

from __future__ import annotations

import typer
from rich.markup import escape

from console.errors import FAILED, report
from console.session import session
from console.show import console


def check(ctx: typer.Context) -> None:
    """Check configuration, mapping, accounts with their rights, and topics; name every fault with its place."""
    settings = session(ctx).connected()
    from console.calls import foretold
    from console.checks import check_all

    out = console()
    out.print("[green]ok[/]     configuration", markup=True)
    faults: list[str] = []
    for checked in check_all(settings):
        out.print(f"{'[red]fault[/] ' if checked.faults else '[green]ok[/]    '} {checked.name}", markup=True)
        faults += checked.faults
        for warning in checked.warnings:
            out.print(f"[yellow]warning[/] {escape(warning)}", markup=True, soft_wrap=True)
    for sentence in foretold(settings):
        out.print(f"[dim]calls[/]  {sentence}", markup=True)
    if faults:
        report(faults)
        raise typer.Exit(FAILED)
