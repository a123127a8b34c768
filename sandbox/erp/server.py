"""The reference ERP as an application and as a process.

Outermost first: the clock, the log (it shows what the client was told), the faults, the router, a call's admission (token, then
quota), the call.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.erp.calls import webhooks
from sandbox.erp.calls.capabilities import get_capabilities
from sandbox.erp.calls.create import create_record
from sandbox.erp.calls.delete import delete_record
from sandbox.erp.calls.get import get_record
from sandbox.erp.calls.list import list_records
from sandbox.erp.calls.patch import patch_record
from sandbox.erp.problems import Problem, answer_problem
from sandbox.erp.seed import seed
from sandbox.erp.system import ROOT, Erp, open_erp
from sandbox.http import run

DEFAULT_TOKEN = "erp-sandbox-token"  # noqa: S105 -- opens nothing but the sandbox

Call = Callable[[Request], Awaitable[Response]]


def serve(port: int, data: Path | None = None, token: str | None = None, host: str = "127.0.0.1") -> None:
    """Serve until SIGTERM; the contract's base path `/api/v1` lies at the root of the port.

    Args:
        port: Where to listen.
        data: SQLite file, made when missing; None keeps everything in memory.
        token: The bearer token that is accepted; None is `DEFAULT_TOKEN`.
        host: Address to listen on.
    """
    run.serve(build_app(data, token), host, port)


def build_app(data: Path | None = None, token: str | None = None) -> ASGIApp:
    """Build the application; it opens its file now and closes it when it is shut down."""
    erp = open_erp(data, token or DEFAULT_TOKEN)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await erp.deliveries.close()
        erp.connection.close()

    app = Starlette(
        routes=[*_contract_routes(erp), *_sandbox_routes(erp)],
        exception_handlers={Problem: answer_problem, HTTPException: answer_problem},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return erp.clock.middleware(erp.log.middleware(erp.faults.middleware(app)))


def _contract_routes(erp: Erp) -> list[Route]:
    """Route the calls of the contract."""
    routes = [
        _route(erp, "/capabilities", GET=partial(get_capabilities, erp)),
        _route(erp, "/webhooks", GET=partial(webhooks.list_webhooks, erp), POST=partial(webhooks.create_webhook, erp)),
        _route(erp, "/webhooks/{id}", GET=partial(webhooks.get_webhook, erp), DELETE=partial(webhooks.delete_webhook, erp)),
    ]
    for name, entity in erp.contract.entities.items():
        many = {"GET": list_records, "POST": create_record}
        one = {"GET": get_record, "PATCH": patch_record, "DELETE": delete_record}
        for path, calls in ((f"/{name}", many), (f"/{name}/{{id}}", one)):
            routes.append(_route(erp, path, **{method: partial(call, erp, entity) for method, call in calls.items()}))
    return routes


def _route(erp: Erp, path: str, **calls: Call) -> Route:
    """Route a path's methods; a call begins once the ERP has let it in."""

    async def endpoint(request: Request) -> Response:
        erp.admit(request)
        return await calls["GET" if request.method == "HEAD" else request.method](request)

    return Route(ROOT + path, endpoint, methods=list(calls))


def _sandbox_routes(erp: Erp) -> list[Route]:
    """Route what only a sandbox has; no token is asked for and nothing is logged."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"ok": True})

    switches = {
        "habits": erp.habits.endpoint,
        "faults": erp.faults.endpoint,
        "quota": erp.quota.endpoint,
        "capabilities": erp.capabilities.endpoint,
        "clock": erp.clock.endpoint,
    }
    return [
        *(Route(f"/_sandbox/{name}", endpoint, methods=["GET", "PUT"]) for name, endpoint in switches.items()),
        Route("/_sandbox/log", erp.log.endpoint),
        Route("/_sandbox/seed", partial(seed, erp), methods=["POST"]),
        Route("/_sandbox/health", health),
    ]
