"""`make bench`: every figure in one run. ARGS="--quick" does less of each, "--only decide" one, "--first 20000" less of the longest."""

from __future__ import annotations

import logging
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
from rich.console import Console

from bench import agent, decide, demo, first_link, latency, link_size, machine, quix, recovery, report, simulation, workers
from bench.figures import Figure, show
from bench.kafka import Broker, running_broker
from bench.processes import BenchError
from bench.sizes import FULL, QUICK, TINY, Sizes

Benchmark = Callable[[Sizes, Path], list[Figure]]


def _on_broker(run: Callable[[Sizes, Broker, Path], list[Figure]]) -> Benchmark:
    """Give a benchmark a broker of its own: no figure pays for another's data."""

    def alone(sizes: Sizes, folder: Path) -> list[Figure]:
        with running_broker(folder) as broker:
            return run(sizes, broker, folder)

    return alone


BENCHMARKS: Final[dict[str, tuple[str, Benchmark]]] = {
    "decide": ("The pure core", lambda sizes, _: decide.run(sizes)),
    "simulation": ("The simulation", lambda sizes, _: simulation.run(sizes)),
    "link-size": ("The local store", lambda sizes, _: link_size.run(sizes)),
    "agent": ("The sync agent on the real broker", _on_broker(agent.run)),
    "recovery": ("Cold recovery", _on_broker(recovery.run)),
    "workers": ("Two workers", _on_broker(workers.run)),
    "first-link": ("The first link", _on_broker(first_link.run)),
    "latency": ("From edit to edit", latency.run),
    "demo": ("The demo", demo.run),
}
OTHERS: Final = {"agent": quix.release()}
"""What a benchmark compares us with."""
SIZES: Final = {"full": FULL, "quick": QUICK, "tiny": TINY}


def main(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, a few minutes; nothing is written.")] = False,
    tiny: Annotated[bool, typer.Option("--tiny", hidden=True)] = False,
    only: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(BENCHMARKS)}; may be repeated.")] = None,
    first: Annotated[int | None, typer.Option(help="Records a side of the first link.")] = None,
    demo_size: Annotated[int | None, typer.Option(help="Contacts a side of the demo.")] = None,
) -> None:
    """Print the figures; at full size they go to docs/benchmarks.md."""
    console = Console(width=140)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started has to be ended
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if unknown := set(only or ()) - set(BENCHMARKS):
        raise typer.BadParameter(f"{', '.join(unknown)}: one of {', '.join(BENCHMARKS)}")
    name = "tiny" if tiny else "quick" if quick else "full"
    sizes = replace(SIZES[name], **{key: value for key, value in (("first", first), ("demo", demo_size)) if value})
    sections, failed = _all(console, sizes, only or list(BENCHMARKS), kept=name == "full")
    missed = [figure.name for figures in sections.values() for figure in figures if figure.met is False]
    console.print(f"targets missed: {', '.join(missed) or 'none'}", markup=False)
    raise typer.Exit(1 if failed else 0)


def _all(console: Console, sizes: Sizes, names: list[str], *, kept: bool) -> tuple[dict[str, list[Figure]], list[str]]:
    """Run benchmarks one after the other, each with its own folder; one that cannot be run is said and does not stop the others.

    What is `kept` goes to the page section by section, with the state of the machine before it: a run that is ended keeps what it has.
    """
    sections: dict[str, list[Figure]] = {}
    failed = []
    for name in names:
        title, benchmark = BENCHMARKS[name]
        host, began = machine.describe(*OTHERS.get(name, ())), time.monotonic()
        with tempfile.TemporaryDirectory(prefix="keapsync-bench-") as folder:
            try:
                sections[title] = benchmark(sizes, Path(folder))
            except BenchError as error:
                failed.append(name)
                console.print(f"{title}: {error}", style="red", markup=False)
                continue
        show(console, f"{title} ({time.monotonic() - began:.0f} s)", sections[title])
        if kept:
            report.write(host, {title: sections[title]}, [each for each, _ in BENCHMARKS.values()])
    return sections, failed


if __name__ == "__main__":
    typer.run(main)
