"""docs/erp.md says what there is."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from ruamel.yaml import YAML

from connectors.base import Sink
from connectors.erp.capabilities import Capabilities
from connectors.erp.conformance import CLAUSES
from connectors.erp.profile import Profile, shape

PAGE = (Path(__file__).parents[3] / "docs" / "erp.md").read_text()
STRUCTS = (Profile, shape.Auth, shape.Envelope, shape.Paging, shape.Listing, shape.Record, shape.Writing, shape.Values, shape.Entity)
WORDS = sorted({name for struct in STRUCTS for name in struct.__struct_fields__})


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_a_profile_is_in_the_example(word: str):
    """A word that is allowed and not explained is of no use."""
    example = re.findall(r"```yaml\n(base:.*?)```", PAGE, re.DOTALL)[0]
    assert re.search(rf"\b{word}\b", example)


def test_the_example_is_a_profile():
    """As it stands."""
    (example,) = re.findall(r"```yaml\n(base:.*?)```", PAGE, re.DOTALL)
    profile = msgspec.convert(YAML(typ="safe").load(example), Profile)
    assert profile.path("company") == "parties"


@pytest.mark.parametrize("name", sorted({clause.needs for clause in CLAUSES if clause.needs}))
def test_every_capability_has_its_row(name: str):
    """What is done without it, and what is lost."""
    assert name in Capabilities.__struct_fields__
    assert re.search(rf"^\| `{name}` \| .+ \| .+ \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(name for name, member in vars(Sink).items() if callable(member) and not name.startswith("_")))
def test_every_method_of_a_sink_has_its_promise(name: str):
    """An adapter has to keep them all."""
    assert f"`{name}(" in PAGE
