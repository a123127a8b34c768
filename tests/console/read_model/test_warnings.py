"""Warnings of `status` and `check`: clocks that are off, tokens that nobody uses."""

from __future__ import annotations

from pathlib import Path

from connectors.oauth import Tokens, TokenStore
from console.read_model.warnings import clock_warning, clock_warnings, token_warnings
from schemas.records import Cursor
from streams.settings import load

DAY_MS = 86_400_000
NOW = 1_800_000_000_000


def head(entity: str, polled_at: int, skew_ms: int) -> Cursor:
    """Return a cursor's head."""
    return Cursor("main", "erp", entity, 0, polled_at=polled_at, skew_ms=skew_ms)


def test_a_clock_that_is_off_is_told_once_per_account_as_it_was_last():
    """Four entities, one clock."""
    assert clock_warnings([head("order", NOW, 300_000), head("customer", NOW - 1, 0)]) == [
        "main: erp: its clock is 300 s ahead of ours; set one of them (NTP)"
    ]
    assert clock_warnings([head("order", NOW - 1, 300_000), head("customer", NOW, 0)]) == []
    assert clock_warning("main: keap", -31_000) == "main: keap: its clock is 31 s behind ours; set one of them (NTP)"
    assert clock_warning("main: keap", 29_000) is None


def test_tokens_that_nobody_used_for_thirty_days_are_told(tmp_path: Path):
    """The file's own time counts; a host that has no file tells nothing, one with a broken file does."""
    config, tokens = tmp_path / "c.yaml", tmp_path / "t.json"
    oauth = f"{{client_id: c, client_secret: s, token_file: {tokens}}}"
    config.write_text(f"connections: {{main: {{keap: {{url: 'http://k', oauth: {oauth}}}, erp: {{url: 'http://e', token: t}}}}}}")
    settings = load(config)
    assert token_warnings(settings, NOW) == []
    TokenStore(tokens).write(Tokens("a", "r", NOW - 31 * DAY_MS, NOW - 30 * DAY_MS))
    assert token_warnings(settings, NOW) == ["main: keap: the refresh token has not been used for 31 days; Keap forgets it after 45"]
    TokenStore(tokens).write(Tokens("a", "r", NOW - DAY_MS, NOW))
    assert token_warnings(settings, NOW) == []
    tokens.write_text("{")
    assert token_warnings(settings, NOW) == [f"main: keap: {tokens}: holds no tokens"]
