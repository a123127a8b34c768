"""The pair in a file: durable before it is used, changed by one process at a time.

* `write`: a temporary file beside it, fsync, rename, fsync of the folder. After a crash at any point the file holds the old pair or the
  new one, whole.
* `locked`: `flock` on a file beside it (the pair's own is replaced), which the system releases however its holder ends. Hosts may share
  the folder over NFS (flock(2): since Linux 2.6.12 a lock of the server's); other shared file systems only if their locks cross hosts.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from connectors.oauth.tokens import Tokens
from schemas.errors import FatalError, RetriableError

LOCK_S: Final = 90.0
"""How long a lock is waited for: longer than a refresh takes at a token endpoint that answers in its last second."""
_AGAIN_S: Final = 0.05
_PRIVATE: Final = 0o600


class TokenStore:
    """One account's pair."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Tokens | None:
        """Return the pair, None when nobody has logged in yet; raises FatalError for a file that holds none."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Tokens)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FatalError(f"{self.path}: cannot read the tokens: {error.strerror}") from error
        except msgspec.DecodeError:
            raise FatalError(f"{self.path}: holds no tokens") from None  # the cause may quote one

    def write(self, tokens: Tokens) -> None:
        """Replace the pair, durably; call it under the lock. Raises FatalError when it cannot be stored."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            with open(fresh, "wb", opener=_private) as file:
                file.write(msgspec.json.encode(tokens))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise FatalError(f"{self.path}: cannot store the tokens: {error.strerror}") from error

    @asynccontextmanager
    async def locked(self, wait_s: float = LOCK_S) -> AsyncIterator[None]:
        """Be the only one who changes the pair.

        Raises:
            RetriableError: another process holds the lock for longer than `wait_s`.
        """
        lock = self._open_lock()
        try:
            deadline = time.monotonic() + wait_s
            while not _taken(lock):
                if time.monotonic() > deadline:
                    raise RetriableError(f"{self.path}: another process has been renewing the tokens for {wait_s:.0f} s")
                await asyncio.sleep(_AGAIN_S)
            yield
        finally:
            os.close(lock)  # releases it

    def _open_lock(self) -> int:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _private(f"{self.path}.lock", os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise FatalError(f"{self.path}: cannot lock the tokens: {error.strerror}") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, _PRIVATE)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
