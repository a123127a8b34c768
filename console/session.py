"""What every command shares: which configuration it runs with.

Settings are loaded when a command asks, so that one that needs none runs without any.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """One invocation of the command line."""

    config: Path | None
    verbose: bool

    def settings(self, **overrides: Any) -> Settings:
        """Load the settings; `overrides` are what the command's own options say. Raises ConfigurationError."""
        from streams.settings import load  # noqa: PLC0415 - `--help` need not wait for pydantic

        return load(self.config, **overrides)

    def connected(self, **overrides: Any) -> Settings:
        """Load the settings of a command that works on connections; raises ConfigurationError when there are none."""
        settings = self.settings(**overrides)
        if not settings.connections:
            place = self.config or os.environ.get("KEAPSYNC_CONFIG") or "keapsync.yaml"
            raise ConfigurationError(f"{place}: connections: none is configured; keapsync.example.yaml shows one")
        return settings


def session(ctx: typer.Context) -> Session:
    """Return the session of a command's context."""
    found = ctx.find_object(Session)
    if found is None:
        raise RuntimeError("the command line's callback did not run")
    return found
