"""Errors as the operator sees them: one sentence per fault on stderr and an exit code, never a traceback.

What is not in the table is a bug of ours and keeps its traceback.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from typer.core import TyperGroup

from schemas.errors import ConfigurationError, RetriableError, SyncError

if TYPE_CHECKING:
    from collections.abc import Iterable

FAILED: Final = 1
UNAVAILABLE: Final = 69
"""EX_UNAVAILABLE of sysexits.h: a broker or an API does not answer."""
MISCONFIGURED: Final = 78
"""EX_CONFIG of sysexits.h: starting again cannot help; a supervised worker that ends so is not restarted."""


class Reporting(TyperGroup):
    """The command group that turns the error tree into sentences."""

    def invoke(self, ctx: Any) -> Any:  # typer's own copy of click names no public type for it
        """Run the command; end the process with a sentence and a code when it fails on purpose."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            explained = explain(error)
            if explained is None:
                raise
            report(explained[0])
            ctx.exit(explained[1])


def explain(error: BaseException) -> tuple[tuple[str, ...], int] | None:
    """Return the sentences and the exit code of an error, None for one that nobody raises on purpose."""
    if isinstance(error, ConfigurationError):
        return error.faults, MISCONFIGURED
    if isinstance(error, SyncError):
        return tuple(str(error).splitlines()), UNAVAILABLE if isinstance(error, RetriableError) else FAILED
    return _foreign(error)


def report(sentences: Iterable[str]) -> None:
    """Print one line per fault on stderr."""
    for sentence in sentences:
        print(f"keapsync: {sentence}", file=sys.stderr)  # noqa: T201 - the one place that does


def _foreign(error: BaseException) -> tuple[tuple[str, ...], int] | None:
    """Explain what the libraries raise; imported here, where something went wrong, so that every other start is quick."""
    import confluent_kafka  # noqa: PLC0415
    import httpx  # noqa: PLC0415

    if isinstance(error, confluent_kafka.KafkaException):
        return (f"Kafka: {error.args[0].str()}",), UNAVAILABLE
    if isinstance(error, httpx.HTTPError):
        where = f"{error.request.url}: " if error._request else ""  # noqa: SLF001 - `.request` raises when there is none
        return (f"{where}{error}",), UNAVAILABLE
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return (f"{where}{error.strerror or error}",), FAILED
    return None
