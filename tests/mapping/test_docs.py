"""The page for users names every word that a mapping file may say."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from streams.mapping.converters import CONVERTERS
from streams.mapping.parse import create, flow, match, row
from streams.mapping.rows import Direction, Policy

PAGE = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
WORDS = {*CONVERTERS, *flow.KEYS, *row.KEYS, *match.KEYS, *create.KEYS, *get_args(Direction), *get_args(Policy)}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_the_page_names_every_word(word: str):
    """A word that is allowed and not explained is of no use."""
    assert any(f"{quote}{word}" in PAGE for quote in ("`", "{", ", ", "\n")), word
