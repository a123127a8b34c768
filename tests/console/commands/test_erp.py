"""`erp conformance` prints a line per clause and ends with 1 when one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from typer.testing import Result

from sandbox.erp.server import build_app
from sandbox.http.run import background

Keapsync = Callable[..., Result]
TOKEN = "a-secret-of-this-test"  # noqa: S105 - guards nothing


@pytest.fixture
def url() -> Iterator[str]:
    """Run an ERP."""
    with background(build_app(token=TOKEN)) as url:
        yield url


def test_an_erp_that_keeps_the_contract(url: str, keapsync: Keapsync):
    """A line each, a sum, exit code 0, and the token nowhere."""
    result = keapsync("erp", "conformance", "--url", url, "--token", TOKEN, "--write", "--show")
    assert result.exit_code == 0, result.output
    assert "pass        versions.match" in result.stdout
    assert "> PATCH " in result.stdout
    assert "< 412 Precondition Failed" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("clauses: 30 pass")
    assert TOKEN not in result.output


def test_a_clause_that_does_not_hold_shows_what_was_said(url: str, keapsync: Keapsync):
    """What was expected, the request, the answer."""
    httpx.put(f"{url}/_sandbox/habits", json={"upper": ["notes"]}).raise_for_status()
    result = keapsync("erp", "conformance", "--url", url, "--token", TOKEN, "--write")
    assert result.exit_code == 1
    assert "fail        values" in result.stdout
    assert "expected `notes` as it was sent" in result.stdout
    assert "FIRST LINE" in result.stdout
