"""`keapsync replay`: feed recorded changes through again; the state stays as it is and nothing is written that is already so."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

from typing import Annotated

import typer

from console.session import session
from console.show import console


def replay(
    ctx: typer.Context,
    start: Annotated[str, typer.Option("--from", help="How long ago (2h, 30m, 1d), an offset, or a time (2026-11-23T10:00Z).")],
    partition: Annotated[int | None, typer.Option(min=0, help="Only this partition; otherwise the start holds for every one.")] = None,
) -> None:
    """Re-produce the changes since a point, workers running or not."""
    from console.replay import parse_start, replay_changes
    from streams.clock import now_ms

    count = replay_changes(session(ctx).settings(), parse_start(start, now_ms()), partition)
    console().print(f"replayed {count} changes")
