"""`keapsync`: the operator's command line, composed of the commands in `console.commands`.

Each command imports what it needs when it runs, so that the line starts fast and one broken part leaves the others usable.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console import logs
from console.commands import (
    alarms,
    audit,
    breakers,
    broker,
    check,
    dead_letters,
    decide,
    demo,
    erp,
    hooks,
    keap,
    links,
    replay,
    review,
    run,
    sandbox,
    status,
    topics,
    workers,
)
from console.errors import Reporting
from console.session import Session

app = typer.Typer(
    cls=Reporting,
    help="Keeps Keap and your ERP equal, both ways, on Kafka.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _options(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="Configuration file; else KEAPSYNC_CONFIG, else ./keapsync.yaml.")] = None,
    *,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log at debug level (KEAPSYNC_LOG sets any level).")] = False,
) -> None:
    ctx.obj = Session(config, verbose)
    logs.configure(verbose=verbose)


app.command()(broker.broker)
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(topics.app, name="topics")
app.add_typer(keap.app, name="keap")
app.add_typer(erp.app, name="erp")
app.command()(check.check)
app.command()(run.run)
app.command()(workers.capture)
app.command()(workers.sync)
app.command()(workers.write)
app.command()(status.status)
app.command()(links.links)
app.add_typer(review.app, name="review")
app.command()(decide.approve)
app.command()(decide.choose)
app.command()(decide.thaw)
app.add_typer(breakers.app, name="breakers")
app.add_typer(alarms.app, name="alarms")
app.add_typer(hooks.app, name="hooks")
app.command()(audit.audit)
app.add_typer(dead_letters.app, name="dead-letters")
app.command()(replay.replay)
app.command()(demo.demo)
