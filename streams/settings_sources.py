"""Where settings come from: the file, the environment over it; and where in them a fault lies.

`KEAPSYNC_KAFKA`, `KEAPSYNC_CONNECTIONS__MAIN__KEAP__TOKEN`, ...; a name that ends in `_FILE` reads its value from that file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from schemas.errors import ConfigurationError

PREFIX = "KEAPSYNC_"
NOT_SETTINGS = frozenset({"KEAPSYNC_CONFIG", "KEAPSYNC_LOG"})
"""Variables of ours that name no setting: where the file is, how much is logged."""

CALLED_SO = ("__OAUTH__TOKEN_FILE", *(f"KAFKA_SECURITY__{name}_FILE" for name in ("CA", "CERT", "KEY")))
"""Variables whose `_FILE` belongs to the setting's own name: the value is the path."""


class Environment(EnvSettingsSource):
    """Our variables, with those that name a file replaced by what it holds.

    Attributes:
        faults: one sentence per variable that names no setting, or a file that cannot be read.
    """

    faults: list[str]

    def _load_env_vars(self) -> Mapping[str, str | None]:
        self.faults = []
        ours = [name for name in os.environ if name.startswith(PREFIX) and name not in NOT_SETTINGS]
        return {_setting(name).lower(): self._value(name) for name in sorted(ours, reverse=True)}

    def _value(self, name: str) -> str | None:
        field = _setting(name).removeprefix(PREFIX).split("__")[0].lower()
        if field not in self.settings_cls.model_fields:
            self.faults.append(f"{name}: there is no such setting")
        if _setting(name) == name:
            return os.environ[name]
        try:
            return Path(os.environ[name]).expanduser().read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(f"{name}: cannot read {os.environ[name]}: {getattr(error, 'strerror', None) or 'not text'}")
            return None


def _setting(variable: str) -> str:
    """Return the setting a variable is for: `_FILE` at its end is no part of it, but for the settings that are called so."""
    return variable if variable.endswith(CALLED_SO) else variable.removesuffix("_FILE")


def read_document(path: Path | None) -> dict[str, Any]:
    """Return the file's content; its mappings know their lines (ruamel's `lc`)."""
    if path is None:
        return {}
    try:
        document = YAML().load(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot read it: {getattr(error, 'strerror', None) or 'not text'}") from error
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ConfigurationError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from error
    if not isinstance(document, dict | None):
        raise ConfigurationError(f"{path}:1: a mapping of settings belongs here")
    return document or {}


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one nested mapping over another."""
    nested = {key for key, value in above.items() if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)}
    return {**below, **{key: laid_over(below[key], value) if key in nested else value for key, value in above.items()}}


def sentence(fault: ErrorDetails, path: Path | None, document: dict[str, Any]) -> str:
    """Say what is wrong with which setting, and where it was set; values are never shown, one may be a secret."""
    loc = [str(part) for part in fault["loc"] if part != "[key]"]
    name = ".".join(loc)
    says = {"missing": "is missing", "extra_forbidden": "there is no such setting"}.get(
        fault["type"], fault["msg"].removeprefix("Value error, ")
    )
    variable = PREFIX + "__".join(loc).upper()
    for set_by in (variable, f"{variable}_FILE"):
        if set_by in os.environ:
            return f"{set_by}: {says}"
    place = f"{path}:{_line(document, loc)}: " if path else ""
    return f"{place}{name}: {says}" + (f" (or set {variable})" if fault["type"] == "missing" else "")


def _line(document: Any, loc: list[str]) -> int:
    """Return the line of the setting at `loc`, or of the nearest one above it that the file has."""
    line = 1
    for part in loc:
        if not isinstance(document, dict) or part not in document:
            break
        line = document.lc.key(part)[0] + 1 if isinstance(document, CommentedMap) else line
        document = document[part]
    return line
