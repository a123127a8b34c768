"""Quix Streams as a group of its own."""

from __future__ import annotations

import tomllib

from bench.processes import ROOT
from bench.quix import GROUP, release


def test_its_versions_are_told_with_the_figures() -> None:
    """Pinned, with the client it brings."""
    assert [each.split()[0] for each in release()] == ["quixstreams", "confluent-kafka"]


def test_it_is_installed_with_nothing_of_ours() -> None:
    """Nor could it be, beside the confluent-kafka that the engine is made for."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = pyproject["project"]
    ours = [each for group in (project["dependencies"], *project["optional-dependencies"].values()) for each in group]
    theirs = pyproject["dependency-groups"][GROUP]
    assert not any(each.startswith("quixstreams") for each in ours)
    assert {each for each in theirs if each.startswith("confluent-kafka")}.isdisjoint(ours)
