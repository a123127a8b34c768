"""What an ERP's deliveries are signed with: told once, when the subscription is made, and kept in a file only we can read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of one deployment, a file a connection."""

    folder: Path

    def read(self, connection: str) -> str | None:
        """Return a connection's secret, None when none is kept."""
        try:
            return self._path(connection).read_text().strip()
        except FileNotFoundError:
            return None

    def write(self, connection: str, secret: str) -> None:
        """Keep a secret: whole or not at all, and on disk before this returns."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(connection)
        draft = path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _path(self, connection: str) -> Path:
        return self.folder / f"{connection}-erp.secret"
