"""`keapsync erp conformance`: does an ERP keep the contract?"""

# ruff: noqa: PLC0415 - the kit is imported only where it is run

from __future__ import annotations

from typing import Annotated

import typer

from console.errors import FAILED

app = typer.Typer(help="Look at an ERP.", no_args_is_help=True)


@app.callback()
def _erp() -> None:
    """Keep `conformance` a command of its own."""


@app.command()
def conformance(
    url: Annotated[str, typer.Option(help="Base address; ends before /api/v1.")],
    token: Annotated[
        str, typer.Option(envvar="ERP_TOKEN", help="The bearer token; better given as ERP_TOKEN, out of the shell's history.")
    ],
    *,
    write: Annotated[bool, typer.Option("--write", help="Ask what changes records, too: its own ones, deleted at the end.")] = False,
    verbose: Annotated[bool, typer.Option("--show", help="Show requests and answers of clauses that hold, too.")] = False,
    hook_url: Annotated[str | None, typer.Option(help="Where an ERP on another machine delivers webhooks; leads to --hook-port.")] = None,
    hook_port: Annotated[int, typer.Option(help="Port on which deliveries are listened for; 0 takes a free one.")] = 0,
) -> None:
    """Print pass or fail for each clause of connectors/erp/contract.yaml, with request and answer of those that fail."""
    from connectors.erp.conformance import Hook
    from connectors.erp.conformance import conformance as ask
    from console.views.conformance import Report

    report = Report(verbose=verbose)
    for result in ask(url, token, write=write, hook=Hook(hook_url, hook_port)):
        report.add(result)
    if report.end():
        raise typer.Exit(FAILED)
