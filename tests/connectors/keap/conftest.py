"""A Keap tenant for each test, a connector to it, and the tenant's own door for what the connector does not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.auth import TokenAuth
from connectors.budget import Pacer, Policy
from connectors.http import Api
from connectors.keap import KeapConnector
from connectors.keap.hooks import KeapHooks
from connectors.tls import authorities
from sandbox.keap.server import DEFAULT_TOKEN, build_app
from tests.connectors.conftest import Run, Stage

AMPLE = {"per_second": 10**6, "per_minute": 10**7, "per_day": 10**7}


class Tenant:
    """What people do at Keap's own screens, and the sandbox's switches."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {DEFAULT_TOKEN}", "x-sandbox-user": "person"}, verify=authorities()
        )

    def seed(self, **records: list[dict[str, Any]]) -> dict[str, list[str]]:
        """Add records; returns their ids."""
        return self.http.post("/_sandbox/seed", json=records).raise_for_status().json()

    def put(self, switch: str, **values: Any) -> None:
        """Turn a switch: `faults` or `quota`."""
        self.http.put(f"/_sandbox/{switch}", json=values).raise_for_status()

    def edit(self, path: str, **members: Any) -> None:
        """Change a record as a person does."""
        mask = {"update_mask": ",".join(members)}
        self.http.patch(f"/rest/v2/{path}", params=mask, json=members).raise_for_status()

    def show(self, path: str, fields: str = "") -> dict[str, Any]:
        """Read a record as it is."""
        return self.http.get(f"/rest/v2/{path}", params={"fields": fields} if fields else {}).raise_for_status().json()

    def log(self) -> list[dict[str, Any]]:
        """Return the writing calls that arrived."""
        return self.http.get("/_sandbox/log").raise_for_status().json()["entries"]


@pytest.fixture
def tenant(stage: Stage) -> Iterator[Tenant]:
    """Put an empty tenant on the stage."""
    stage.app = build_app()
    tenant = Tenant(stage.url)
    tenant.put("quota", **AMPLE)
    yield tenant
    tenant.http.close()


@pytest.fixture
def keap(tenant: Tenant, run: Run) -> Iterator[KeapConnector]:
    """Connect to the tenant, with pages of two records."""
    connector = KeapConnector(tenant.url, DEFAULT_TOKEN, per_second=10**6, page_size=2)
    yield connector
    run(connector.close())


@pytest.fixture
def hooks(tenant: Tenant, run: Run) -> Iterator[KeapHooks]:
    """Manage the tenant's subscriptions."""
    hooks = KeapHooks(Api("keap", f"{tenant.url}/rest/v1", TokenAuth(DEFAULT_TOKEN, "authorization"), Pacer(Policy(10**6))))
    yield hooks
    run(hooks.close())
