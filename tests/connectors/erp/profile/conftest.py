"""The second ERP in each of its tastes, and a connector that knows it by its profile file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

import sandbox.ledger
from connectors.erp import ErpConnector, Profile, load_profile
from connectors.erp.profile.shape import Listing, Paging
from connectors.tls import authorities
from sandbox.ledger.server import DEFAULT_TOKEN, build_app
from tests.connectors.conftest import Run, Stage

FILE = Path(sandbox.ledger.__file__).parent / "profile.yaml"
PAGINGS = {
    "page": Paging(style="page", parameter="page", size="perPage", total="meta.total"),
    "page without totals": Paging(style="page", parameter="page", size="perPage"),
    "offset": Paging(style="offset", parameter="skip", size="perPage", total="meta.total"),
    "link": Paging(style="link", size="perPage"),
    "cursor": Paging(style="cursor", parameter="after", size="perPage", next="meta.next"),
}
LISTINGS = {
    "since": Listing(since="changedAfter", always={"sort": "id"}),
    "newest": Listing(since=None, newest_first={"sort": "-changedOn"}),
    "none": Listing(since=None, always={"sort": "id"}),
}


def profile(paging: str = "page", changes: str = "since") -> Profile:
    """Return the file's profile, with lists of another taste."""
    return replace(load_profile(FILE), paging=PAGINGS[paging], listing=LISTINGS[changes])


class Ledger:
    """The server's side: switches, and what its own people do."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, headers={"x-api-key": DEFAULT_TOKEN}, verify=authorities())

    def switch(self, name: str, **values: Any) -> None:
        """Turn a switch: `taste` or `faults`."""
        self.http.put(f"/_sandbox/{name}", json=values).raise_for_status()

    def add(self, collection: str, **record: Any) -> str:
        """Add a record."""
        return str(self.http.post(f"/v2/{collection}", json={"data": record}).raise_for_status().json()["data"]["id"])

    def show(self, collection: str, record_id: str) -> dict[str, Any]:
        """Show a record."""
        record: dict[str, Any] = self.http.get(f"/v2/{collection}/{record_id}").raise_for_status().json()["data"]
        return record

    def edit(self, collection: str, record_id: str, **changes: Any) -> None:
        """Change a record."""
        self.http.patch(f"/v2/{collection}/{record_id}", json={"data": changes}).raise_for_status()

    def drop(self, collection: str, record_id: str) -> None:
        """Delete a record."""
        self.http.delete(f"/v2/{collection}/{record_id}").raise_for_status()


@pytest.fixture
def ledger(stage: Stage) -> Iterator[Ledger]:
    """Put an empty ledger on the stage."""
    stage.app = build_app()
    ledger = Ledger(stage.url)
    yield ledger
    ledger.http.close()


Connect = Callable[..., ErpConnector]


@pytest.fixture
def connect(ledger: Ledger, run: Run) -> Iterator[Connect]:
    """Switch the ledger to a taste and connect to it with the profile of that taste."""
    made: list[ErpConnector] = []

    def to(paging: str = "page", changes: str = "since", page_size: int = 2) -> ErpConnector:
        ledger.switch("taste", paging=paging.split(maxsplit=1)[0], changes=changes)
        made.append(ErpConnector(ledger.url, DEFAULT_TOKEN, profile=profile(paging, changes), per_second=10**6, page_size=page_size))
        return made[-1]

    yield to
    for connector in made:
        run(connector.close())
