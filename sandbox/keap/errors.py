"""Everything Keap says when it says no: four kinds of bodies, as clients meet them.

* API errors: JSON like google.rpc's Status (SPEC: `Error`).
* Refused credentials: the gateway's own JSON, unlike the API's.
* Throttling: code as a *string* (seen in the vendor's forum), and no Retry-After. See `quota.py`.
* Unknown URLs and bodies where none belongs: HTML pages.
"""

from starlette.responses import HTMLResponse, JSONResponse, Response

_STATUS = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "ALREADY_EXISTS",
    500: "INTERNAL",
}


class ApiError(Exception):
    """Ends the request with an API error.

    Attributes:
        code: HTTP status, also in the body.
        message: What a person reads.
        resource: The field or parameter at fault, if one is.
    """

    def __init__(self, code: int, message: str, resource: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.resource = code, message, resource

    def response(self) -> Response:
        """The body of v2's error model."""
        details = [{"domain": "keap.com", "resource": self.resource}] if self.resource else []
        return JSONResponse(
            {"code": self.code, "message": self.message, "status": _STATUS[self.code], "details": details},
            status_code=self.code,
        )


class Refused(ValueError):  # noqa: N818 -- said of a value, not of the program
    """A value that a field does not take; the message says why."""


def bad_request(message: str, resource: str = "") -> ApiError:
    """400."""
    return ApiError(400, message, resource)


def not_found(kind: str, record_id: str) -> ApiError:
    """404 for a record that is not (or no longer) there."""
    return ApiError(404, f"Unable to find this {kind}: {record_id}", kind)


def invalid_token() -> Response:
    """The gateway's 401."""
    fault = {"faultstring": "Invalid access token", "detail": {"errorcode": "oauth.v2.InvalidAccessToken"}}
    return JSONResponse({"fault": fault}, status_code=401)


def page_not_found() -> Response:
    """The HTML of an unknown URL."""
    return HTMLResponse(
        "<!DOCTYPE html><html><head><title>Keap - Page Not Found</title></head><body><h1>Page Not Found</h1></body></html>",
        status_code=404,
    )


def malformed_request() -> Response:
    """The HTML of a GET or DELETE that carries a body."""
    return HTMLResponse(
        "<!DOCTYPE html><html><head><title>Error 400 (Bad Request)!!1</title></head>"
        "<body><p>Your client has issued a malformed or illegal request.</p></body></html>",
        status_code=400,
    )
