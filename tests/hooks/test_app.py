"""The receiver: who is answered, with what, and how soon."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from sandbox.erp.deliveries import sign
from schemas.records import Hint
from streams.hooks.app import LARGEST, Receiver
from streams.hooks.secrets import Secrets

pytestmark = pytest.mark.anyio
PATH = "not-to-be-guessed"
SECRET = "whsec_" + b64encode(b"0123456789abcdef").decode()
KEAP = {"event_key": "contact.edit", "object_type": "contact", "object_keys": [{"id": 7, "apiUrl": "", "timestamp": "x"}, {"id": "8"}]}
ERP = {"type": "customer.updated", "entity": "customers", "record_id": "cu-1", "at": "2026-01-01T00:00:00.000Z"}


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


class Desk:
    """A receiver and what it handed on."""

    def __init__(self, folder: Path) -> None:
        self.sent: list[Hint] = []
        self.takes = True
        secrets = Secrets(folder)
        secrets.write("main", SECRET)
        self.app = Receiver(PATH, [("main", "keap"), ("main", "erp"), ("other", "erp")], secrets, self._send).app()

    async def _send(self, hints: list[Hint]) -> bool:
        self.sent += hints
        return self.takes

    async def post(self, place: str, body: object, headers: dict[str, str] | None = None) -> httpx.Response:
        """Deliver something."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://receiver") as client:
            return await client.post(f"/{place}", content=content, headers=headers)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Receive."""
    return Desk(tmp_path)


def signed(body: object, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a delivery of the ERP."""
    timestamp = str(int(time.time() if at is None else at))
    signature = sign(secret, "msg_1", timestamp, json.dumps(body).encode())
    return {"webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": f"v1,other {signature}"}


async def test_a_handshake_is_answered_with_its_own_secret(desk: Desk) -> None:
    """Keap delivers nothing before."""
    response = await desk.post(f"{PATH}/main/keap", b"", {"x-hook-secret": "s3cret"})
    assert (response.status_code, response.headers["X-Hook-Secret"]) == (200, "s3cret")
    assert desk.sent == []


@pytest.mark.parametrize("place", ["guessed/main/keap", f"{PATH}/nobody/keap", f"{PATH}/other/keap", PATH])
async def test_a_stranger_meets_nothing(desk: Desk, place: str) -> None:
    """Not even a handshake tells that there is something."""
    assert (await desk.post(place, KEAP, {"x-hook-secret": "s"})).status_code == 404
    assert desk.sent == []


async def test_a_proxy_may_leave_its_own_path_before_ours(desk: Desk) -> None:
    """As the configured address has it."""
    assert (await desk.post(f"hooks/{PATH}/main/keap", KEAP)).status_code == 204


async def test_a_delivery_of_keap_becomes_a_hint_for_each_object(desk: Desk) -> None:
    """Ids may be numbers; nothing else of it is taken."""
    assert (await desk.post(f"{PATH}/main/keap", KEAP)).status_code == 204
    assert [(hint.connection, hint.side, hint.entity, hint.id, hint.event) for hint in desk.sent] == [
        ("main", "keap", "contact", "7", "contact.edit"),
        ("main", "keap", "contact", "8", "contact.edit"),
    ]


async def test_a_delivery_of_the_erp_has_to_be_signed(desk: Desk) -> None:
    """Young, with our secret; one of several signatures is enough."""
    assert (await desk.post(f"{PATH}/main/erp", ERP, signed(ERP))).status_code == 204
    assert [(hint.side, hint.entity, hint.id) for hint in desk.sent] == [("erp", "customer", "cu-1")]


async def test_what_is_not_signed_as_it_should_be_is_refused(desk: Desk) -> None:
    """Nothing, too old, too young, another secret, another body, no secret known."""
    other = "whsec_" + b64encode(b"another").decode()
    wrong = [{}, signed(ERP, at=time.time() - 400), signed(ERP, at=time.time() + 400), signed(ERP, secret=other), signed({**ERP, "x": 1})]
    assert {(await desk.post(f"{PATH}/main/erp", ERP, headers)).status_code for headers in wrong} == {401}
    assert (await desk.post(f"{PATH}/other/erp", ERP, signed(ERP))).status_code == 401
    assert desk.sent == []


async def test_records_we_do_not_read_are_taken_and_forgotten(desk: Desk) -> None:
    """A refusal would make Keap give the subscription up."""
    assert (await desk.post(f"{PATH}/main/keap", {**KEAP, "event_key": "invoice.add"})).status_code == 204
    assert desk.sent == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", {"event_key": "contact.edit", "object_keys": [{"id": ""}]}])
async def test_what_nobody_understands_is_refused(desk: Desk, body: object) -> None:
    """With 400, and no hint."""
    assert (await desk.post(f"{PATH}/main/keap", body)).status_code == 400
    assert desk.sent == []


async def test_hints_the_broker_does_not_take_come_again(desk: Desk) -> None:
    """The sender is told to try later."""
    desk.takes = False
    assert (await desk.post(f"{PATH}/main/keap", KEAP)).status_code == 503


async def test_the_largest_delivery_is_answered_within_a_second(desk: Desk) -> None:
    """A thousand objects; anything far beyond is not read to its end."""
    objects = [{"id": str(number), "apiUrl": "https://api.example.com/" + "x" * 60, "timestamp": "now"} for number in range(1000)]
    before = time.monotonic()
    assert (await desk.post(f"{PATH}/main/keap", {**KEAP, "object_keys": objects})).status_code == 204
    assert time.monotonic() - before < 1
    assert len(desk.sent) == 1000
    assert (await desk.post(f"{PATH}/main/keap", b"x" * (LARGEST + 1))).status_code == 413
