"""Read a profile file; every fault names its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from connectors.erp.profile.shape import Entity, Profile
from connectors.erp.properties import STAMP
from schemas.errors import ConfigurationError


def load_profile(path: Path) -> Profile:
    """Return the profile of a file.

    Raises:
        ConfigurationError: `file:line: what is wrong`.
    """
    try:
        document = YAML().load(path.read_text(encoding="utf-8")) or CommentedMap()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot read it: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        raise ConfigurationError(f"{path}:{mark.line + 1 if mark else 1}: not YAML: {getattr(error, 'problem', error)}") from error
    try:
        profile = msgspec.convert(document, Profile)
    except msgspec.ValidationError as error:
        sentence, _, place = str(error).partition(" - at `$")
        raise ConfigurationError(f"{path}:{_line(document, place.rstrip('`'), sentence)}: {sentence}") from error
    if faults := [sentence for name, entity in profile.entities.items() for sentence in _faults(name, entity)]:
        raise ConfigurationError(*(f"{path}: {sentence}" for sentence in faults))
    return profile


def _faults(name: str, entity: Entity) -> list[str]:
    places = [place for place in entity.names.values() if place]
    twice = sorted({place for place in places if places.count(place) > 1})
    said = [f"entities.{name}.names: {place} is named twice" for place in twice]
    if entity.names.get(STAMP, STAMP) is None:
        said.append(f"entities.{name}.names: an ERP that keeps no {STAMP} says `offers: {{external_id: false}}`")
    return said


def _line(document: Any, place: str, sentence: str) -> int:
    """Return the line of a place such as `.paging.style`, or of the unknown field that the sentence names there."""
    unknown = re.search(r"unknown field `(.+?)`", sentence)
    line = 1
    for step in [*re.findall(r"[^.\[\]]+", place), *(unknown.groups() if unknown else ())]:
        if not isinstance(document, CommentedMap) or step not in document:
            break
        line = document.lc.key(step)[0] + 1
        document = document[step]
    return line
