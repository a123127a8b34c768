"""A thread that hangs, longer than anybody bears."""

import os
import time

FOR_EVER_S = 3600.0
NOBODY = 3
"""Exit code of a process that hung for all that time and that nobody ended."""


def hang() -> None:
    """Block the thread."""
    time.sleep(FOR_EVER_S)
    os._exit(NOBODY)
