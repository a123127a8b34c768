"""REST hooks as the vendor describes them: the handshake, deliveries with ids only, what becomes of a receiver that does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http.run import background
from tests.sandbox.keap.api import create, patch

HOOKS = "/rest/v1/hooks"
CONTACT = {"given_name": "Ann", "email_addresses": [{"email": "ann@example.com", "field": "EMAIL1"}]}


@dataclass
class Receiver:
    """Takes deliveries, and answers as it is told."""

    url: str = ""
    status: int = 200
    shakes_hands: bool = True
    taken: list[dict[str, Any]] = field(default_factory=list)

    async def endpoint(self, request: Request) -> Response:
        """Shake hands, or take a delivery."""
        secret = request.headers.get("x-hook-secret")
        if secret is not None:
            return Response(headers={"x-hook-secret": secret if self.shakes_hands else "guessed"})
        self.taken.append(await request.json())
        return Response(status_code=self.status)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Listen."""
    receiver = Receiver()
    with background(Starlette(routes=[Route("/in", receiver.endpoint, methods=["POST"])])) as url:
        receiver.url = f"{url}/in"
        yield receiver


@pytest.fixture
def prompt(own_keap: httpx.Client) -> httpx.Client:
    """A tenant that delivers soon, and tries again at once."""
    own_keap.put("/_sandbox/hooks", json={"delay_ms": 100, "retry_ms": [0, 0, 0]}).raise_for_status()
    return own_keap


def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def subscribe(keap: httpx.Client, receiver: Receiver, event: str) -> dict[str, Any]:
    """Subscribe to an event."""
    response = keap.post(HOOKS, json={"eventKey": event, "hookUrl": receiver.url})
    assert response.status_code == 201, response.text
    hook: dict[str, Any] = response.json()
    return hook


def test_a_subscription_is_verified_by_the_secret_that_comes_back(prompt: httpx.Client, receiver: Receiver) -> None:
    """Any other answer leaves it Unverified, until it is verified again."""
    receiver.shakes_hands = False
    hook = subscribe(prompt, receiver, "contact.add")
    assert hook["status"] == "Unverified"
    receiver.shakes_hands = True
    assert prompt.post(f"{HOOKS}/{hook['key']}/verify").json()["status"] == "Verified"
    assert prompt.get(HOOKS).json() == [{**hook, "status": "Verified"}]


def test_changes_are_delivered_together_with_ids_only(prompt: httpx.Client, receiver: Receiver) -> None:
    """A change that changes nothing is none."""
    subscribe(prompt, receiver, "contact.edit")
    ids = [create(prompt, "contacts", CONTACT, fields="id")["id"] for _ in range(2)]
    for record_id in ids:
        patch(prompt, f"contacts/{record_id}", {"given_name": "Bea"})
    until(lambda: receiver.taken)
    patch(prompt, f"contacts/{ids[0]}", {"given_name": "Bea"})
    patch(prompt, f"contacts/{ids[1]}", {"given_name": "Cleo"})
    until(lambda: len(receiver.taken) == 2)
    told = [[each["id"] for each in body["object_keys"]] for body in receiver.taken]
    assert told == [ids, ids[1:]]
    assert {(body["event_key"], body["object_type"]) for body in receiver.taken} == {("contact.edit", "contact")}


def test_nothing_is_delivered_to_an_unverified_subscription(prompt: httpx.Client, receiver: Receiver) -> None:
    """Nor announced later."""
    receiver.shakes_hands = False
    subscribe(prompt, receiver, "contact.add")
    receiver.shakes_hands = True
    subscribe(prompt, receiver, "contact.delete")
    made = create(prompt, "contacts", CONTACT, fields="id")["id"]
    prompt.delete(f"/rest/v2/contacts/{made}").raise_for_status()
    until(lambda: receiver.taken)
    assert [body["event_key"] for body in receiver.taken] == ["contact.delete"]


@pytest.mark.parametrize(("status", "attempts"), [(500, 4), (410, 1)])
def test_a_receiver_that_refuses_makes_its_subscription_inactive(
    prompt: httpx.Client, receiver: Receiver, status: int, attempts: int
) -> None:
    """After four attempts, at once when it says that it is gone."""
    receiver.status = status
    key = subscribe(prompt, receiver, "contact.add")["key"]
    create(prompt, "contacts", CONTACT)
    until(lambda: prompt.get(f"{HOOKS}/{key}").json()["status"] == "Inactive")
    assert len(receiver.taken) == attempts


def test_changes_can_go_unannounced(prompt: httpx.Client, receiver: Receiver) -> None:
    """As real ones are; the subscription stays as it is."""
    prompt.put("/_sandbox/hooks", json={"delay_ms": 0, "drop": 1.0}).raise_for_status()
    subscribe(prompt, receiver, "contact.add")
    create(prompt, "contacts", CONTACT)
    prompt.put("/_sandbox/hooks", json={"delay_ms": 0}).raise_for_status()
    create(prompt, "contacts", CONTACT)
    until(lambda: receiver.taken)
    assert [len(body["object_keys"]) for body in receiver.taken] == [1]
    assert prompt.get(HOOKS).json()[0]["status"] == "Verified"


@pytest.mark.parametrize(
    "body", [{}, {"eventKey": "contact.wave", "hookUrl": "http://127.0.0.1"}, {"eventKey": "contact.add", "hookUrl": "x"}]
)
def test_what_cannot_be_subscribed_is_refused(prompt: httpx.Client, body: dict[str, str]) -> None:
    """400; an unknown key is 404."""
    assert prompt.post(HOOKS, json=body).status_code == 400
    assert prompt.get(f"{HOOKS}/99").status_code == 404
    assert "contact.add" in prompt.get(f"{HOOKS}/event_keys").json()
