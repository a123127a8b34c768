"""A profile file that is wrong says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.erp import load_profile
from connectors.erp.profile import CONTRACT
from connectors.erp.profile.names import properties
from connectors.erp.properties import PROPERTIES
from schemas.errors import ConfigurationError

FAULTS = [
    ("base: /v2\npaging: {style: pages}\n", ":2: ", "pages"),
    ("base: /v2\npaging:\n  style: page\n  parametre: p\n", ":4: ", "parametre"),
    ("entities:\n  clients: {path: c}\n", ":1: ", "clients"),
    ("entities:\n  customers:\n    names: {name: a, email: a}\n", "", "a is named twice"),
    ("entities:\n  customers:\n    names: {external_id: null}\n", "", "external_id"),
    ("values: {rounded_ms: -1}\n", ":1: ", ">= 0"),
    ("base: [\n", ":2: ", "not YAML"),
]


@pytest.mark.parametrize(("text", "line", "word"), FAULTS)
def test_a_fault_names_its_file_and_line(tmp_path: Path, text: str, line: str, word: str):
    """Nothing is guessed, nothing left out in silence."""
    path = tmp_path / "profile.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_profile(path)
    assert f"profile.yaml{line}" in str(caught.value)
    assert word in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    """As an operator needs it."""
    with pytest.raises(ConfigurationError, match="cannot read it"):
        load_profile(tmp_path / "none.yaml")


def test_an_empty_file_is_the_contract(tmp_path: Path):
    """A profile names only what differs."""
    path = tmp_path / "profile.yaml"
    path.write_text("# nothing differs\n")
    assert load_profile(path) == CONTRACT
    assert properties(CONTRACT) == PROPERTIES
