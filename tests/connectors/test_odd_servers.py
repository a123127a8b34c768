"""Servers that say what no documentation allows: the error is ours, and says what was odd."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.erp import ErpConnector
from connectors.keap import KeapConnector
from schemas.errors import AmbiguousError, FatalError, RetriableError, SyncError
from tests.connectors.conftest import Run, Stage

ODD_CONTACT = {"id": "1", "email_addresses": "a@example.com"}


def always(answer: Callable[[], Response]) -> ASGIApp:
    """Return a server with one answer to everything but the questions about names."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        named = Request(scope).url.path.endswith(("/model", "/stages"))
        await (JSONResponse({}) if named else answer())(scope, receive, send)

    return app


@pytest.mark.parametrize(
    ("answer", "read", "write"),
    [
        (lambda: HTMLResponse("<title>Sign in</title>"), RetriableError, AmbiguousError),
        (lambda: JSONResponse([]), RetriableError, AmbiguousError),
        (lambda: JSONResponse({}), FatalError, AmbiguousError),
        (lambda: JSONResponse(ODD_CONTACT), FatalError, FatalError),
        (lambda: RedirectResponse("https://elsewhere.example/"), RetriableError, RetriableError),
        (lambda: HTMLResponse("<title>Bad Gateway</title>", 502), RetriableError, AmbiguousError),
    ],
)
def test_keap_in_disguise(stage: Stage, run: Run, answer: Callable[[], Response], read: type[SyncError], write: type[SyncError]):
    """A proxy's page, a list, nothing, another shape, a redirect (never followed with our token), a gateway."""
    stage.app = always(answer)
    keap = KeapConnector(stage.url, "t", per_second=1000, stamp_field=None)
    with pytest.raises(read):
        run(keap.get("contact", "1"))
    with pytest.raises(write):
        run(keap.create("contact", {"given_name": "Ada"}, stamp=None, key="k"))
    run(keap.close())


def test_an_erp_record_without_id_is_no_record(stage: Stage, run: Run):
    """It could never be found again."""
    stage.app = always(lambda: JSONResponse({"name": "C"}))
    erp = ErpConnector(stage.url, "t", per_second=1000)
    with pytest.raises(FatalError, match="without id"):
        run(erp.get("company", "1"))
    run(erp.close())
