"""docs/keap.md lists the API's hard cases, each with the test that is named after it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "keap.md").read_text(encoding="utf-8")
CASES = re.findall(r"^\| ([\d.]+) \| (.+) \| `(.+)::(\w+)` \|$", PAGE, re.MULTILINE)
SECTIONS = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "4", "5", "6", "7", "8")


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of a file's tests."""
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize(("section", "case", "path", "test"), CASES, ids=[f"{section} {case}" for section, case, _, _ in CASES])
def test_every_case_has_its_test(section: str, case: str, path: str, test: str):
    """Where the page says."""
    assert section in SECTIONS
    assert test in names_in(path)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_has_cases(section: str):
    """None is left out."""
    assert section in {number for number, _, _, _ in CASES}


def test_every_row_is_read():
    """A row that is spelled otherwise would be held to nothing."""
    assert len(CASES) == len(re.findall(r"^\| \d", PAGE, re.MULTILINE))
