"""What every call refuses."""

import httpx
import pytest

from tests.sandbox.erp.client import ErpClient, faults


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic dGVzdC10b2tlbg==", "Bearer"])
def test_a_wrong_token_is_unauthorized(erp: ErpClient, authorization: str | None) -> None:
    """The answer names the scheme that is asked for."""
    headers = {"Authorization": authorization} if authorization else {}
    answer = httpx.get(f"{erp.base_url}customers", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["title"] == "Unauthorized"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"name": NaN}', b'{"name": "\xff"}', b'{"name": "\\ud800"}', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_malformed(erp: ErpClient, body: bytes) -> None:
    """A truncated, a deep and a wrongly encoded one are all answered in order."""
    answer = erp.post("/customers", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert faults(answer) == {("", "malformed")}


@pytest.mark.parametrize("media_type", ["text/plain", "application/merge-patch+json", ""])
def test_a_create_has_to_be_json(erp: ErpClient, media_type: str) -> None:
    """Another content type, or none, is not looked into."""
    answer = erp.post("/customers", content=b'{"name": "x"}', headers={"Content-Type": media_type})
    assert answer.status_code == 415


def test_what_no_route_knows_is_a_problem_too(erp: ErpClient) -> None:
    """A wrong method names the right ones; a wrong path is not found."""
    answer = erp.put("/customers")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    for path in ("/invoices", "/customers/", "/customers/a/b"):
        assert erp.get(path).status_code == 404
        assert erp.get(path).headers["content-type"] == "application/problem+json"
