"""The tenant's authorization server: codes and refresh tokens are good for one use."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.keap.api import V2

CLIENT = ("keap-sandbox-client", "keap-sandbox-secret")
URI = "http://127.0.0.1:1/callback"
ASKED = {"client_id": CLIENT[0], "redirect_uri": URI, "response_type": "code", "scope": "full", "state": "s1"}


def log_in(keap: httpx.Client) -> dict[str, str]:
    """Let the application in; returns the first pair."""
    said = keap.post("/app/oauth/authorize", params=ASKED)
    assert said.status_code == 303
    answer = {name: values[0] for name, values in parse_qs(urlsplit(said.headers["location"]).query).items()}
    assert answer["state"] == "s1"
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": URI}
    given = keap.post("/token", data={**form, "client_id": CLIENT[0], "client_secret": CLIENT[1]})
    assert given.status_code == 200, given.text
    return given.json()


def refresh(keap: httpx.Client, token: str) -> httpx.Response:
    """Ask for the next pair."""
    return keap.post("/token", data={"grant_type": "refresh_token", "refresh_token": token}, auth=CLIENT)


def opens(keap: httpx.Client, access: str) -> bool:
    """Whether a token is taken."""
    return keap.get(f"{V2}/users", headers={"authorization": f"Bearer {access}"}).is_success


def test_a_person_lets_the_application_in(own_keap: httpx.Client) -> None:
    """Page, redirect with code and state, a pair that opens the API."""
    assert "<button>Allow</button>" in own_keap.get("/app/oauth/authorize", params=ASKED).text
    pair = log_in(own_keap)
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 86_399)
    assert opens(own_keap, pair["access_token"])
    assert not opens(own_keap, pair["refresh_token"])


def test_a_code_is_good_for_one_use(own_keap: httpx.Client) -> None:
    """And for its own redirect only."""
    location = own_keap.post("/app/oauth/authorize", params=ASKED).headers["location"]
    form = {"grant_type": "authorization_code", "code": parse_qs(urlsplit(location).query)["code"][0]}
    form |= {"client_id": CLIENT[0], "client_secret": CLIENT[1]}
    assert own_keap.post("/token", data={**form, "redirect_uri": "http://elsewhere"}).status_code == 400
    assert own_keap.post("/token", data={**form, "redirect_uri": URI}).status_code == 200
    assert own_keap.post("/token", data={**form, "redirect_uri": URI}).json()["error"] == "invalid_grant"


def test_a_refresh_token_is_good_for_one_use(own_keap: httpx.Client) -> None:
    """The second use is refused in the vendor's words, and counted."""
    first = log_in(own_keap)
    second = refresh(own_keap, first["refresh_token"]).json()
    assert opens(own_keap, second["access_token"])
    again = refresh(own_keap, first["refresh_token"])
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant", "error_description": "Invalid refresh token"})
    shown = own_keap.get("/_sandbox/oauth").json()
    assert (shown["rotated"], shown["reused"]) == (1, 1)


def test_tokens_expire(own_keap: httpx.Client) -> None:
    """Both kinds, when the switch says so."""
    own_keap.put("/_sandbox/oauth", json={"access_s": 0, "refresh_s": 0})
    pair = log_in(own_keap)
    assert not opens(own_keap, pair["access_token"])
    assert refresh(own_keap, pair["refresh_token"]).status_code == 400


def test_a_refresh_may_end_the_access_token_before(own_keap: httpx.Client) -> None:
    """Some gateways revoke it."""
    own_keap.put("/_sandbox/oauth", json={"revokes": True})
    first = log_in(own_keap)
    assert refresh(own_keap, first["refresh_token"]).is_success
    assert not opens(own_keap, first["access_token"])


def test_a_lost_reply_has_rotated(own_keap: httpx.Client) -> None:
    """The connection closes, and the token is spent."""
    first = log_in(own_keap)
    own_keap.put("/_sandbox/oauth", json={"lose_replies": 1})
    with pytest.raises(httpx.TransportError):
        refresh(own_keap, first["refresh_token"])
    assert refresh(own_keap, first["refresh_token"]).status_code == 400


def test_a_busy_endpoint_has_not_rotated(own_keap: httpx.Client) -> None:
    """A 503 leaves the token as it was."""
    first = log_in(own_keap)
    own_keap.put("/_sandbox/oauth", json={"refuse": 1})
    assert refresh(own_keap, first["refresh_token"]).status_code == 503
    assert refresh(own_keap, first["refresh_token"]).status_code == 200


def test_json_and_a_wrong_secret_are_refused(own_keap: httpx.Client) -> None:
    """As the vendor's gateway does."""
    first = log_in(own_keap)
    body = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert own_keap.post("/token", json=body, auth=CLIENT).json()["error"] == "invalid_request"
    assert own_keap.post("/token", data=body, auth=(CLIENT[0], "wrong")).status_code == 401
    assert refresh(own_keap, first["refresh_token"]).is_success
