"""`keapsync demo`: the main job on real parts, on this machine."""

# ruff: noqa: PLC0415 - everything is imported only where it is played

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.show import console
from schemas.errors import ConfigurationError


def demo(
    *,
    size: Annotated[str, typer.Option(help="`small`, or the number of contacts a side.")] = "small",
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 1,
    data: Annotated[Path | None, typer.Option(help="Play with Northwind from this folder instead.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running and write .keapsync/demo.json.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="End what --keep left running.")] = False,
) -> None:
    """Run broker, both systems and all workers; let them converge, edit on both sides, compare everything."""
    if stop:
        _stop()
        return
    from sandbox.demo.story import Wish, play

    raise typer.Exit(play(Wish(_contacts(size), seed, data, keep), console()))


def _contacts(size: str) -> int:
    from sandbox.data import SMALL

    if size == "small":
        return SMALL
    if not size.isdecimal():
        raise ConfigurationError(f"--size: {size!r} is neither `small` nor a number of contacts")
    return int(size)


def _stop() -> None:
    from sandbox.demo.stack import stop

    ended = stop()
    console().print(f"ended: {', '.join(ended)}" if ended else "no demo was running")
