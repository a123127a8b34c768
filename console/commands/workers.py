"""`keapsync capture`, `sync`, `write keap|erp`: one worker process each.

`--supervised` is how `keapsync run` starts them: standard input is then a pipe that closes when the supervisor is gone, however it went.
"""

# ruff: noqa: PLC0415 - each process loads its own worker only

from __future__ import annotations

import os
import signal
import threading
from typing import Annotated

import typer

from console.session import session
from schemas.flows import Side

Supervised = Annotated[bool, typer.Option("--supervised", hidden=True)]


def capture(ctx: typer.Context, *, supervised: Supervised = False) -> None:
    """Poll both sides of every connection and publish what changed."""
    settings = session(ctx).connected()
    from streams.workers.capture import run_capture

    _end_with_supervisor(supervised)
    raise typer.Exit(run_capture(settings))


def sync(ctx: typer.Context, *, supervised: Supervised = False) -> None:
    """Decide: link, merge, and issue commands."""
    settings = session(ctx).connected()
    from streams.workers.sync import run_sync

    _end_with_supervisor(supervised)
    raise typer.Exit(run_sync(settings))


def write(ctx: typer.Context, side: Annotated[Side, typer.Argument(help="The side to write.")], *, supervised: Supervised = False) -> None:
    """Carry out the commands for one side."""
    settings = session(ctx).connected()
    from streams.workers.write import run_write

    _end_with_supervisor(supervised)
    raise typer.Exit(run_write(settings, side))


def _end_with_supervisor(supervised: bool) -> None:  # noqa: FBT001 - the option as it came
    """Stop as on SIGTERM once standard input closes, so that a killed supervisor leaves no second set of workers behind."""
    if supervised:
        threading.Thread(target=_stop_at_eof, name="supervisor-watch", daemon=True).start()


def _stop_at_eof() -> None:
    while os.read(0, 1):  # unbuffered: a thread inside sys.stdin's lock would spoil the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)
