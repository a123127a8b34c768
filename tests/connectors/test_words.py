"""The server's words, out of every error body that was seen."""

from __future__ import annotations

import httpx
import pytest

from connectors.words import MOST, words_of

FAULT = {"fault": {"faultstring": "Invalid access token", "detail": {"errorcode": "oauth.v2.InvalidAccessToken"}}}
V2 = {"code": 400, "message": "bad filter", "status": "INVALID_ARGUMENT", "details": [{"domain": "keap.com", "resource": "filter"}]}
THROTTLED = {"code": "429", "message": "Quota Exceeded", "status": "Request Throttled", "details": None}
PROBLEM = {
    "type": "about:blank",
    "title": "Unprocessable",
    "status": 422,
    "detail": "this cannot be",
    "errors": [{"field": "name", "code": "required", "message": "is missing"}, {"field": "sku", "code": "length"}],
}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (V2, "bad filter (filter)"),
        (THROTTLED, "Quota Exceeded"),
        ({"message": "Unable to find this Contact"}, "Unable to find this Contact"),
        (FAULT, "Invalid access token"),
        (PROBLEM, "this cannot be; name: is missing; sku: length"),
        ({"error": "invalid_grant", "error_description": "Invalid refresh token"}, "Invalid refresh token"),
        ({"fault": "broken"}, "{'fault': 'broken'}"),
        ({"errors": "several"}, "{'errors': 'several'}"),
        ({"message": None, "details": ["odd", 3]}, "{'message': None, 'details': ['odd', 3]}"),
        (["odd"], "['odd']"),
        (None, "Bad Request"),
    ],
)
def test_json_of_any_kind_is_understood(body: object, expected: str):
    """Keap v2, v1, the gateway, problems, OAuth, and nonsense."""
    assert words_of(httpx.Response(400, json=body)) == expected


def test_a_page_is_told_by_its_title():
    """An HTML error is one line."""
    page = "<html><head><title>Keap - Page\n Not Found</title></head><body>much more</body></html>"
    assert words_of(httpx.Response(404, html=page)) == "Keap - Page Not Found"


def test_an_untitled_page_is_told_by_its_text():
    """Tags are dropped."""
    assert words_of(httpx.Response(400, html="<p>malformed <b>request</b></p>")) == "malformed request"


def test_nothing_is_told_by_the_status():
    """An empty body leaves the reason phrase."""
    assert words_of(httpx.Response(502)) == "Bad Gateway"


def test_bytes_that_are_no_text_do_not_hurt():
    """Words come out of anything."""
    assert words_of(httpx.Response(500, content=b"\xff\xfe{"))


def test_a_long_story_is_cut():
    """A dead letter stays small."""
    assert len(words_of(httpx.Response(400, json={"message": "x" * 9000}))) == MOST
