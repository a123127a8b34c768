"""The full demo, as a user runs it: from nothing to `0 differences, 0 duplicates`."""

from __future__ import annotations

import re
import time
from pathlib import Path

from bench.figures import Figure
from bench.processes import BenchError, Child
from bench.sizes import Sizes

WITHIN_S = 900.0
LAST = re.compile(r"demo: ([\d,]+) pairs, 0 differences, 0 duplicates")


def run(sizes: Sizes, folder: Path) -> list[Figure]:
    """Run `keapsync demo` once."""
    began = time.monotonic()
    child = Child(folder / "demo.log", "console", "demo", "--size", str(sizes.demo))
    try:
        said = child.wait(WITHIN_S)
    finally:
        child.end()
    took = time.monotonic() - began
    found = LAST.search(said)
    if found is None:
        raise BenchError(f"the demo did not end well:\n{child.tail()}")
    return [Figure("full demo", (took,), "s", note=f"{sizes.demo:,} contacts a side, {found[1]} pairs, set-up aside")]
