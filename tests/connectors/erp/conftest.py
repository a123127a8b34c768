"""A reference ERP for each test, a connector to it, and the ERP's own door for what the connector does not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.erp import ErpConnector
from connectors.tls import authorities
from sandbox.erp.server import DEFAULT_TOKEN, build_app
from tests.connectors.conftest import Run, Stage


class Screens:
    """What people do at the ERP's own screens, and the sandbox's switches."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {DEFAULT_TOKEN}", "x-sandbox-user": "person"}, verify=authorities()
        )

    def seed(self, **records: list[dict[str, Any]]) -> dict[str, list[str]]:
        """Add records; returns their ids."""
        return self.http.post("/_sandbox/seed", json=records).raise_for_status().json()

    def put(self, switch: str, **values: Any) -> None:
        """Turn a switch: `faults`, `quota`, `habits` or `capabilities`."""
        self.http.put(f"/_sandbox/{switch}", json=values).raise_for_status()

    def edit(self, path: str, **values: Any) -> None:
        """Change a record as a person does."""
        headers = {"content-type": "application/merge-patch+json"}
        self.http.patch(f"/api/v1/{path}", json=values, headers=headers).raise_for_status()

    def delete(self, path: str) -> None:
        """Delete a record as a person does."""
        self.http.delete(f"/api/v1/{path}").raise_for_status()

    def count(self, collection: str) -> int:
        """Return how many records there are, deleted ones too."""
        params = {"include_deleted": "true", "limit": "500"}
        return len(self.http.get(f"/api/v1/{collection}", params=params).raise_for_status().json()["items"])


@pytest.fixture
def screens(stage: Stage) -> Iterator[Screens]:
    """Put an empty ERP on the stage."""
    stage.app = build_app()
    screens = Screens(stage.url)
    yield screens
    screens.http.close()


@pytest.fixture
def erp(screens: Screens, run: Run) -> Iterator[ErpConnector]:
    """Connect to it, with pages of two records."""
    connector = ErpConnector(screens.url, DEFAULT_TOKEN, per_second=10**6, page_size=2)
    yield connector
    run(connector.close())
