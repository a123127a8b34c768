"""Logs are one line per event, JSON when nobody is watching."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from console import logs
from console.sparse import Sparse
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


def _fail_holding(token: str) -> None:
    raise ValueError(len(token))


@pytest.mark.parametrize("watched", [True, False])
def test_a_traceback_shows_no_locals(*, watched: bool, monkeypatch: pytest.MonkeyPatch):
    """A token may be among them; on a terminal structlog would have rich print them."""

    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return watched

    stream = Stream()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure()
    try:
        _fail_holding(f"Bearer KeapAK-{1}")
    except ValueError:
        structlog.get_logger("streams.sync").exception("run.failed")
        logging.getLogger("elsewhere").exception("it failed")
    assert stream.getvalue().count("Traceback") == 2
    assert "KeapAK-1" not in stream.getvalue()


def test_an_unknown_level_is_refused(monkeypatch: pytest.MonkeyPatch):
    """The sentence names the variable and the levels there are."""
    monkeypatch.setenv("KEAPSYNC_LOG", "loud")
    with pytest.raises(ConfigurationError, match=r"KEAPSYNC_LOG: 'loud'.*debug"):
        logs.configure()


def test_a_library_that_repeats_itself_is_heard_once_in_a_while():
    """A broker that is away makes thousands of complaints; ours are never held back."""
    now = [0.0]
    sparse = Sparse(lambda: now[0])

    def heard(name: str, message: str) -> bool:
        return sparse.filter(logging.LogRecord(name, logging.ERROR, "", 0, message, (), None))

    assert [heard("aiokafka.conn", "Unable to connect %s") for _ in range(3)] == [True, False, False]
    assert heard("aiokafka.conn", "Something else")
    assert [heard("streams.write", "command.rejected") for _ in range(2)] == [True, True]
    now[0] = 31
    assert heard("aiokafka.conn", "Unable to connect %s")
