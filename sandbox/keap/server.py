"""The Keap tenant as a server: what wraps what, and how it is started.

A request meets, from the outside in: the clock, the log, the faults, the gateway (key, quota), the routes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http import run
from sandbox.http.clock import Clock
from sandbox.http.faults import Faults
from sandbox.http.rules import Fault
from sandbox.http.switches import Switches
from sandbox.keap.entities import ENTITIES
from sandbox.keap.errors import ApiError, invalid_token, page_not_found
from sandbox.keap.gateway import Gateway
from sandbox.keap.oauth import OAuth
from sandbox.keap.quota import Quota
from sandbox.keap.routes.hooks import HookRoutes
from sandbox.keap.routes.merge import Merge
from sandbox.keap.routes.models import Model
from sandbox.keap.routes.oauth import OAuthRoutes
from sandbox.keap.routes.records import Records
from sandbox.keap.routes.sandbox import Done, Seed, health
from sandbox.keap.routes.settings import Settings
from sandbox.keap.tenant import Tenant, open_tenant

DEFAULT_TOKEN = "keap-sandbox-token"  # noqa: S105 -- of a sandbox
PREFIX = "/rest/v2"


def serve(port: int, data: Path | None = None, token: str | None = None, host: str = "127.0.0.1") -> None:
    """Serve in the foreground until SIGTERM.

    Args:
        port: Where to listen.
        data: The SQLite file; None keeps everything in memory.
        token: The key clients must show; None: `keap-sandbox-token`.
        host: Whom to listen to.
    """
    run.serve(build_app(data, token), host, port)


def build_app(data: Path | None = None, token: str | None = None) -> Starlette:
    """Put the tenant together; its file is opened now and closed at the end of the app's lifespan."""
    tenant = open_tenant(data, "/rest")
    switches = Switches(tenant.store.connection)
    quota = Quota(switches=switches)
    faults = Faults("/rest", lambda fault: _answer(fault, quota), switches=switches)
    clock = Clock(switches)
    oauth = OAuth(tenant.store.connection)
    gateway = Gateway("/rest", token or DEFAULT_TOKEN, quota, oauth)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await tenant.hooks.close()
        tenant.store.close()

    return Starlette(
        routes=[
            *_routes(tenant, quota, faults),
            *OAuthRoutes(oauth).routes(),
            Route("/_sandbox/clock", clock.endpoint, methods=["GET", "PUT"]),
        ],
        middleware=[Middleware(each.middleware) for each in (clock, tenant.log, faults, gateway)],
        exception_handlers={ApiError: _api_error, HTTPException: _http_error},
        lifespan=lifespan,
    )


def _routes(tenant: Tenant, quota: Quota, faults: Faults) -> list[Route]:
    models = [Model(entity, tenant) for entity in ENTITIES if entity.custom_fields]
    records = [Records(entity, tenant, faults) for entity in ENTITIES]
    return [
        Route("/_sandbox/health", health),
        Route("/_sandbox/faults", faults.endpoint, methods=["GET", "PUT"]),
        Route("/_sandbox/quota", quota.endpoint, methods=["GET", "PUT"]),
        Route("/_sandbox/log", tenant.log.endpoint),
        Route("/_sandbox/checklist", Done(tenant).endpoint, methods=["PUT"]),
        Route("/_sandbox/seed", Seed(tenant).endpoint, methods=["POST"]),
        # Before the records: a model's path looks like a record's.
        *(route for model in models for route in model.routes(PREFIX)),
        *Settings(tenant).routes(PREFIX),
        *Merge(tenant).routes(PREFIX),
        *HookRoutes(tenant.hooks).routes(),
        *(route for each in records for route in each.routes(PREFIX)),
    ]


def _answer(fault: Fault, quota: Quota) -> Response:
    if fault is Fault.REJECT_TOKEN:
        return invalid_token()
    if fault is Fault.THROTTLE:
        return quota.refusal()
    return ApiError(500, "Internal Server Error").response()


async def _api_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    return error.response()


async def _http_error(_request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:  # noqa: PLR2004
        return ApiError(405, "Method Not Allowed").response()
    return page_not_found()
