"""Where an account's ledger is kept: in this process, or in a file that all processes of a host share.

Whoever changes it has it alone for some microseconds, with no await in between. The lock (`flock`) is the system's: it is released however
its holder ends, and the ledger is written in one small write, so that a kill leaves the old one or the new one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Protocol

import msgspec

from connectors.budget.ledger import REST_S, Ledger, forget_future
from schemas.errors import FatalError

_MOST_BYTES: Final = 4096
_decoder: Final = msgspec.json.Decoder(Ledger)


class Books(Protocol):
    """Keeps one account's ledger."""

    def open(self, now: float) -> AbstractContextManager[Ledger]:
        """Have the ledger alone, to read and change it; raises BlockingIOError at once while somebody else has it."""
        ...

    def close(self) -> None:
        """Let go of what keeps it."""
        ...


class OwnBooks:
    """Of an account that nobody else calls."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    @contextmanager
    def open(self, now: float) -> Iterator[Ledger]:
        """Have the ledger."""
        self.ledger = forget_future(self.ledger, now)
        yield self.ledger
        self.ledger.at = now

    def close(self) -> None:
        """Keep it."""


class SharedBooks:
    """In a file on a local disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    @contextmanager
    def open(self, now: float) -> Iterator[Ledger]:
        """Have the ledger alone.

        Raises:
            BlockingIOError: another process has it.
            FatalError: the file cannot be used.
        """
        try:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError as error:
            raise FatalError(f"{self.path}: cannot keep the account's budget: {error.strerror}") from error
        try:
            ledger = forget_future(_read(os.pread(self._file, _MOST_BYTES, 0), now), now)
            yield ledger
            ledger.at = now
            # Filled up with spaces, for a file that is cut is empty for a moment.
            os.pwrite(self._file, msgspec.json.encode(ledger).ljust(_MOST_BYTES), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def peek(path: Path) -> Ledger | None:
    """Return the ledger in a file as somebody left it, None where there is none to be read."""
    try:
        return _decoder.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None


def _read(data: bytes, now: float) -> Ledger:
    """Return the ledger; after one that makes no sense, as after a power cut, calls rest before they begin anew."""
    if not data:
        return Ledger()
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        return Ledger(held_until=now + REST_S)
