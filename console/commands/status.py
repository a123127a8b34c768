"""`keapsync status`: where everything stands, from the topics alone."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

import typer

from console.session import session


def status(ctx: typer.Context) -> None:
    """Show the last poll, lag, links by state, what waits for what or whom, dead letters, quota, and commands that take too long."""
    from console.read_model.status import read_status
    from console.views.status import print_status

    print_status(read_status(session(ctx).settings()))
