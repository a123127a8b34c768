"""The committed schemas: today's of every record type, and the former ones whose bytes may still lie in a topic.

`avro/` holds the first, `avro/former/` the others (`Change.1.avsc`). A schema that changes leaves a copy of what it was.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from schemas.records import RECORDS, Record

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Schema = dict[str, Any]
"""An Avro schema as JSON."""

NAMESPACE: Final = "keapsync"


def full_name(kind: type[Record]) -> str:
    """Return the Avro name of a record type: "keapsync.Change"."""
    return f"{NAMESPACE}.{kind.__name__}"


def schema_of(kind: type[Record]) -> Schema:
    """Return today's schema of a record type."""
    return _load(_folder() / f"{kind.__name__}.avsc")


def former_schemas() -> list[Schema]:
    """Return the schemas that were today's once."""
    former = _folder() / "former"
    return [_load(path) for path in former.iterdir() if path.name.endswith(".avsc")] if former.is_dir() else []


def committed_schemas() -> list[Schema]:
    """Return every schema that may have written a record."""
    return [schema_of(kind) for kind in RECORDS] + former_schemas()


def _folder() -> Traversable:
    return files("schemas") / "avro"


def _load(path: Traversable) -> Schema:
    loaded: Schema = json.loads(path.read_text())
    return loaded
