"""`keapsync keap`: log in with a browser or by pasting, and look after the tokens."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.http.run import background
from sandbox.keap.oauth import Switch
from sandbox.keap.server import build_app

ALLOW = "import sys, httpx; httpx.post(sys.argv[1], follow_redirects=True).raise_for_status()"
"""A browser with a person before it who allows everything."""


class Line:
    """The command line with one OAuth account, as a user has it."""

    def __init__(self, folder: Path, keap: str) -> None:
        self.keap, self.tokens = keap, folder / "tokens.json"
        browser = folder / "browser.py"
        browser.write_text(ALLOW)
        config = folder / "keapsync.yaml"
        config.write_text(f"""\
connections:
  main:
    keap:
      url: {keap}
      oauth:
        client_id: {Switch().client_id}
        token_file: {self.tokens}
        token_url: {keap}/token
        authorize_url: {keap}/app/oauth/authorize
    erp: {{url: "http://127.0.0.1:1", token: t}}
""")
        own = {name: value for name, value in os.environ.items() if not name.startswith("KEAPSYNC_")}
        secret = folder / "secret"
        secret.write_text(Switch().client_secret)
        self._environment = own | {
            "KEAPSYNC_CONFIG": str(config),
            "KEAPSYNC_CONNECTIONS__MAIN__KEAP__OAUTH__CLIENT_SECRET_FILE": str(secret),
            "BROWSER": f"{sys.executable} {browser} %s",
        }

    def __call__(self, *words: str, typed: str = "", environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run `keapsync keap WORDS`."""
        command = [sys.executable, "-m", "console", "keap", *words]
        env = self._environment | (environment or {})
        return subprocess.run(command, input=typed, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """Serve a tenant."""
    with background(build_app()) as url:
        yield Line(tmp_path, url)


def test_a_browser_on_this_machine_is_all_it_takes(line: Line):
    """The page opens, Keap redirects to a free port, the pair is stored; the tokens are not shown."""
    said = line("login", "main")
    assert (said.returncode, said.stderr) == (0, "")
    assert f"main: logged in; the tokens are in {line.tokens}" in said.stdout
    shown = line("token", "--renew")
    assert shown.returncode == 0
    assert "main: valid until" in shown.stdout
    assert httpx.get(f"{line.keap}/_sandbox/oauth").json()["rotated"] == 1
    assert "refresh-" not in said.stdout + shown.stdout + shown.stderr


def test_without_a_browser_the_address_is_pasted(line: Line):
    """What is no answer to this login is refused in a sentence."""
    said = line("login", "--paste", "https://example.com/back", typed="https://example.com/back?code=c&state=s\n")
    assert said.returncode == 1
    assert "redirect_uri=https%3A%2F%2Fexample.com%2Fback" in said.stdout
    assert "that address answers another login" in said.stderr


def test_before_a_login_the_sentence_says_so(line: Line):
    """`token` has nothing to show."""
    said = line("token")
    assert said.returncode == 1
    assert "nobody has logged in yet" in said.stderr


def test_an_account_with_token_and_oauth_is_refused(line: Line):
    """And the variable is named."""
    said = line("token", environment={"KEAPSYNC_CONNECTIONS__MAIN__KEAP__TOKEN": "t"})
    assert said.returncode == 78
    assert "KEAPSYNC_CONNECTIONS__MAIN__KEAP__TOKEN: a token or oauth, not both" in said.stderr


def test_the_token_file_can_be_named_by_its_variable(line: Line, tmp_path: Path):
    """Although its name ends like those that read a secret from a file."""
    elsewhere = tmp_path / "elsewhere.json"
    assert line("login", environment={"KEAPSYNC_CONNECTIONS__MAIN__KEAP__OAUTH__TOKEN_FILE": str(elsewhere)}).returncode == 0
    assert elsewhere.exists()
    assert not line.tokens.exists()


def test_an_unknown_connection_is_named_with_those_there_are(line: Line):
    """Only those with OAuth count."""
    said = line("token", "other")
    assert said.returncode == 78
    assert "other: name one that uses OAuth (main)" in said.stderr
