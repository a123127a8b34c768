"""Logs are one line per event, JSON when nobody is watching."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from console import logs
from schemas.errors import ConfigurationError


def test_events_are_lines_of_json_in_a_pipe(capsys: pytest.CaptureFixture[str]):
    """Ours and the libraries' take the same way."""
    logs.configure()
    structlog.get_logger("streams.sync").info("link.made", flow="contact")
    logging.getLogger("elsewhere").warning("careful")
    ours, theirs = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (ours["event"], ours["flow"], ours["level"]) == ("link.made", "contact", "info")
    assert (theirs["event"], theirs["level"]) == ("careful", "warning")


def test_chatty_libraries_are_quiet_by_default(capsys: pytest.CaptureFixture[str]):
    """One line per record that changed something: a line per HTTP call would bury it."""
    logs.configure()
    logging.getLogger("httpx").info("HTTP Request: GET ...")
    assert capsys.readouterr().err == ""


def test_an_unknown_level_is_refused(monkeypatch: pytest.MonkeyPatch):
    """The sentence names the variable and the levels there are."""
    monkeypatch.setenv("KEAPSYNC_LOG", "loud")
    with pytest.raises(ConfigurationError, match=r"KEAPSYNC_LOG: 'loud'.*debug"):
        logs.configure()
