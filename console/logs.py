"""How the process logs: one line per event on stderr, JSON when nobody is watching.

Our own events (`noun.verb_past`, key=value) and those of the libraries take the same way out.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Final

import structlog

from console.sparse import Sparse
from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from structlog.typing import Processor

LEVELS: Final = ("debug", "info", "warning", "error")
CHATTY: Final = ("aiokafka", "faust", "httpcore", "httpx", "mode", "uvicorn")
"""Libraries that narrate normal operation at info."""


def configure(*, verbose: bool = False) -> None:
    """Set up logging from `--verbose` and KEAPSYNC_LOG; raises ConfigurationError for a level that does not exist."""
    level = "debug" if verbose else os.environ.get("KEAPSYNC_LOG", "info").lower()
    if level not in LEVELS:
        raise ConfigurationError(f"KEAPSYNC_LOG: {level!r} is no level; one of {', '.join(LEVELS)}")
    number = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=_last(), foreign_pre_chain=_first()))
    if level != "debug":
        handler.addFilter(Sparse())
    logging.basicConfig(handlers=[handler], level=number, force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(number if level == "debug" else max(number, logging.WARNING))
    structlog.configure(
        processors=[*_first(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(number),
    )


def _first() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _last() -> list[Processor]:
    if sys.stderr.isatty():
        # Not rich's traceback, which shows locals: a token may be among them.
        return [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(default=str),
    ]
