"""Whatever goes wrong on purpose is a sentence on stderr and an exit code, never a traceback."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from console.errors import explain
from schemas.errors import ConfigurationError, FatalError, RateLimitedError

Keapsync = Callable[..., Result]


def dead_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_every_fault_of_the_configuration_is_a_line(keapsync: Keapsync, tmp_path: Path):
    """Two faults, two sentences with their lines; exit code 78, which no supervisor restarts."""
    config = tmp_path / "bad.yaml"
    config.write_text("kafka: localhost:9092\npartitions: none\nreplication: -1\n")
    result = keapsync("--config", config, "status")
    assert result.exit_code == 78
    lines = result.stderr.splitlines()
    assert [line.split(": ")[1] for line in lines] == [f"{config}:2", f"{config}:3"]
    assert "Traceback" not in result.output


def test_a_command_that_needs_a_connection_says_where_to_put_one(keapsync: Keapsync):
    """An empty configuration is no connection."""
    result = keapsync("sync")
    assert result.exit_code == 78
    assert "connections: none is configured" in result.stderr


def test_a_broker_out_of_reach_is_one_sentence(keapsync: Keapsync, monkeypatch: pytest.MonkeyPatch):
    """It names the address; exit code 69."""
    monkeypatch.setenv("KEAPSYNC_KAFKA", f"127.0.0.1:{dead_port()}")
    result = keapsync("topics", "check")
    assert result.exit_code == 69
    (line,) = result.stderr.splitlines()
    assert f"127.0.0.1:{dead_port()}"[:10] in line


def test_run_names_all_that_is_out_of_reach_at_once(keapsync: Keapsync, tmp_path: Path):
    """Both accounts and the broker in one go, and nothing was started."""
    port = dead_port()
    sides = "".join(f"    {side}: {{url: 'http://127.0.0.1:{port}', token: secret}}\n" for side in ("keap", "erp"))
    (tmp_path / "keapsync.yaml").write_text(f"kafka: 127.0.0.1:{port}\nconnections:\n  main:\n{sides}")
    result = keapsync("run")
    assert result.exit_code == 78
    assert len(result.stderr.splitlines()) == 3
    assert "secret" not in result.output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("a", "b"), 78),
        (RateLimitedError("slow down"), 69),
        (FatalError("no"), 1),
        (httpx.ConnectError("refused"), 69),
        (FileNotFoundError(2, "No such file", "x.csv"), 1),
    ],
)
def test_errors_have_their_codes(error: Exception, code: int):
    """What the caller can do about it decides."""
    explained = explain(error)
    assert explained is not None
    assert explained[1] == code


def test_a_bug_keeps_its_traceback():
    """Nobody raises these on purpose."""
    assert explain(KeyError("x")) is None
