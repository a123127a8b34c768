"""What a client meets when something is wrong."""

from typing import Any

import httpx
import pytest

from tests.sandbox.keap.api import V2, company, contact, opportunity, read, refusal


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer wrong"}, {"Authorization": ""}, {"X-Keap-API-Key": "wrong"}])
def test_a_wrong_key_meets_the_gateways_fault(shared_tenant: str, headers: dict[str, str]) -> None:
    """Its body is unlike the API's."""
    response = httpx.get(f"{shared_tenant}{V2}/contacts", headers=headers)

    assert response.status_code == 401
    assert response.json()["fault"]["detail"]["errorcode"] == "oauth.v2.InvalidAccessToken"


def test_the_key_may_stand_in_its_own_header(shared_tenant: str) -> None:
    """X-Keap-API-Key instead of Authorization."""
    headers = {"X-Keap-API-Key": "keap-sandbox-token"}

    assert httpx.get(f"{shared_tenant}{V2}/contacts", headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_record_that_is_not_there_is_a_json_404(keap: httpx.Client, method: str) -> None:
    """For reads and writes alike, deleted records included."""
    path = f"{V2}/companies/{company(keap)}"
    assert keap.delete(path).status_code == 204

    response = keap.request(method, path, json={} if method == "PATCH" else None)

    assert response.status_code == 404
    assert response.json()["status"] == "NOT_FOUND"


@pytest.mark.parametrize("path", [f"{V2}/nonsense", "/rest/v1/contacts", "/", f"{V2}/contacts/1/nonsense"])
def test_an_unknown_url_is_an_html_page(keap: httpx.Client, path: str) -> None:
    """Not JSON at all."""
    response = keap.get(path)

    assert response.status_code == 404
    assert "Keap - Page Not Found" in response.text
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_body_where_none_belongs_is_an_html_page(keap: httpx.Client, method: str) -> None:
    """Even an empty object."""
    response = keap.request(method, f"{V2}/contacts", json={})

    assert response.status_code == 400
    assert "malformed or illegal request" in response.text


def test_there_is_no_put(keap: httpx.Client) -> None:
    """405, as an API error."""
    response = keap.put(f"{V2}/companies/1", json={})

    assert response.status_code == 405
    assert response.json()["code"] == 405


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"company_name": "A", "shoe_size": 9}, "shoe_size"),
        ({"company_name": "A", "id": "7"}, "id"),
        ({"company_name": "A", "update_time": "2026-01-01T00:00:00.000Z"}, "update_time"),
        ({"company_name": "A" * 256}, "255"),
        ({"company_name": 7}, "string"),
        ({}, "company_name"),
        ({"company_name": "A", "address": {"street": "x"}}, "street"),
        ({"company_name": "A", "address": {"region": "Arizona"}}, "country_code"),
        ({"company_name": "A", "email_address": {"email": "a@example.com", "is_opt_in": True}}, "is_opt_in"),
        ({"company_name": "A", "birth_date": "01.02.2000"}, "birth_date"),
        (["company_name"], "object"),
    ],
)
def test_bad_bodies_are_refused(keap: httpx.Client, body: Any, word: str) -> None:
    """Unknown, read-only, too long, of the wrong type, missing."""
    assert word in refusal(keap.post(f"{V2}/companies", json=body))


def test_a_time_zone_outside_the_list_is_refused(keap: httpx.Client) -> None:
    """Though the IANA database has it."""
    assert "supported time zone" in refusal(keap.patch(f"{V2}/contacts/{contact(keap)}", json={"time_zone": "Europe/Stockholm"}))


def test_no_affiliate_reads_as_0_and_is_not_written_so(keap: httpx.Client) -> None:
    """A client that sends back what it read is refused."""
    shown = read(keap, f"opportunities/{opportunity(keap)}")
    assert shown["affiliate_id"] == 0
    assert "affiliate" in refusal(keap.patch(f"{V2}/opportunities/{shown['id']}", json={"affiliate_id": 0}))


def test_a_body_that_is_no_json_is_refused(keap: httpx.Client) -> None:
    """400 as well."""
    assert "JSON" in refusal(keap.post(f"{V2}/companies", content=b"{"))


def test_nothing_has_an_etag(keap: httpx.Client) -> None:
    """There are no versions to match."""
    assert "etag" not in keap.get(f"{V2}/companies/{company(keap)}").headers
