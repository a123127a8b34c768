"""The reference ERP passes; what is missing shows as exactly its clauses; what is broken shows as exactly the clause that says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.erp.conformance import CLAUSES, Result, conformance
from connectors.erp.conformance.receiver import Receiver
from sandbox.erp.server import DEFAULT_TOKEN, build_app
from tests.connectors.conftest import Stage
from tests.connectors.erp.conftest import Screens

CAPABILITIES = ("updated_since", "versions", "idempotency", "external_id", "soft_delete", "webhooks")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a second for deliveries that will never come, instead of twenty."""
    monkeypatch.setattr(Receiver, "PATIENCE_S", 1.0)


@pytest.fixture
def screens(stage: Stage) -> Iterator[Screens]:
    """Put an ERP on the stage that has a few records already."""
    stage.app = build_app()
    screens = Screens(stage.url)
    screens.seed(
        customers=[{"name": f"Firm {number}"} for number in range(7)], contacts=[{"last_name": "Lee"}], products=[{"name": "Bolt"}]
    )
    screens.put("quota", per_minute=10**7)
    yield screens
    screens.http.close()


def ask(url: str, **options: Any) -> dict[str, Result]:
    """Return all results by clause."""
    return {result.clause.id: result for result in conformance(url, DEFAULT_TOKEN, **options)}


def those(results: dict[str, Result], verdict: str) -> set[str]:
    """Return the clauses with a verdict."""
    return {name for name, result in results.items() if result.verdict == verdict}


def needing(name: str) -> set[str]:
    """Return a capability's clauses."""
    return {clause.id for clause in CLAUSES if clause.needs == name}


def test_the_reference_erp_passes_and_is_left_as_it_was(screens: Screens):
    """Every clause, with what was said; what was made is deleted."""
    results = ask(screens.url, write=True)
    assert {name: result.reason for name, result in results.items() if result.verdict != "pass"} == {}
    assert len(results) == len(CLAUSES)
    assert all(result.exchanges for result in results.values())
    alive = screens.http.get("/api/v1/customers").json()["items"]
    assert [record["name"] for record in alive] == [f"Firm {number}" for number in range(7)]


def test_without_leave_to_write_nothing_is_written(screens: Screens):
    """Clauses that write are not asked, the others pass."""
    results = ask(screens.url)
    assert those(results, "not asked") == {clause.id for clause in CLAUSES if clause.writes}
    assert those(results, "fail") == set()
    assert screens.http.get("/_sandbox/log").json()["entries"] == []


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_capability_that_is_off_shows_as_exactly_its_clauses(screens: Screens, name: str):
    """Not offered; everything else still passes."""
    screens.put("capabilities", **{name: False})
    results = ask(screens.url, write=True)
    assert needing(name)
    assert those(results, "not offered") == needing(name)
    assert those(results, "fail") == set()


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_capability_that_is_only_claimed_fails_exactly_its_clauses(stage: Stage, screens: Screens, name: str):
    """An ERP that says more than it does."""
    screens.put("capabilities", **{name: False})
    stage.app = claiming(stage.app, name)
    results = ask(screens.url, write=True)
    assert those(results, "fail") == needing(name)
    assert all(result.reason and result.exchanges for result in results.values() if result.verdict == "fail")


@pytest.mark.parametrize("habit", [{"upper": ["name"]}, {"round": {"credit_limit": 0}}])
def test_an_erp_that_stores_something_else_breaks_the_clause_of_values(screens: Screens, habit: dict[str, Any]):
    """And says what was expected."""
    screens.put("habits", **habit)
    results = ask(screens.url, write=True)
    assert "values" in those(results, "fail")
    assert "as it was sent" in results["values"].reason


def test_a_wrong_token_fails_without_showing_it(screens: Screens):
    """The secret is in no request and no answer that is shown."""
    results = list(conformance(screens.url, "wrong-secret", write=True))
    assert {result.verdict for result in results if result.clause.id != "token"} >= {"fail"}
    assert "wrong-secret" not in str(results)


def test_nobody_there_fails_every_clause():
    """With a reason, not with a traceback."""
    results = list(conformance("http://127.0.0.1:1", "t"))
    assert {result.verdict for result in results if not result.clause.writes and not result.clause.needs} == {"fail"}
    assert all("no answer" in result.reason for result in results if result.verdict == "fail")


def test_an_erp_that_asks_for_patience_gets_it(screens: Screens):
    """A 429 is waited out, not counted as a fault."""
    screens.put("quota", per_minute=600)
    assert those(ask(screens.url), "fail") == set()


def claiming(app: ASGIApp, name: str) -> ASGIApp:
    """Return the ERP behind a `/capabilities` that claims a capability."""

    async def claim(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/api/v1/capabilities":
            await app(scope, receive, send)
            return

        async def rewrite(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            elif b"versions" in message["body"]:
                message = {**message, "body": msgspec.json.encode(msgspec.json.decode(message["body"]) | {name: True})}
            await send(message)

        await app(scope, receive, rewrite)

    return claim
