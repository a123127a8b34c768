"""End the process when it must not go on; a supervisor restarts it.

At once and without clean-up: whatever a broken worker would still write, the next one decides again.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import NoReturn

import structlog

from schemas.errors import FatalError

EXIT_FATAL = 70  # EX_SOFTWARE of sysexits.h

log = structlog.get_logger(__name__)


def die(reason: str, error: BaseException | None = None) -> NoReturn:
    """Log one line and exit with 70."""
    log.critical("worker.failed", reason=reason, exc_info=error)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_FATAL)


def fail(error: BaseException) -> NoReturn:
    """Exit because of an exception: one that was raised on purpose explains itself, any other is a defect."""
    if isinstance(error, FatalError):
        die(str(error))
    place = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    die(f"a defect: {error!r}{place}", error)
