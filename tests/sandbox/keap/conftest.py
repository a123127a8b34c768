"""A running tenant: one shared by the tests that add their own records, and a fresh one for those that turn switches."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.http.run import background
from sandbox.keap.server import DEFAULT_TOKEN, build_app

AMPLE = {"per_second": 10**6, "per_minute": 10**6, "per_day": 10**6}


@pytest.fixture(scope="session")
def shared_tenant() -> Iterator[str]:
    """The base URL of the shared tenant."""
    with background(build_app()) as url:
        httpx.put(f"{url}/_sandbox/quota", json=AMPLE).raise_for_status()
        yield url


@pytest.fixture
def keap(shared_tenant: str) -> Iterator[httpx.Client]:
    """A client of the shared tenant: add records, look only at those."""
    with _client(shared_tenant) as client:
        yield client


@pytest.fixture
def own_keap() -> Iterator[httpx.Client]:
    """A client of a tenant nobody else has, quota as the vendor sets it."""
    with background(build_app()) as url, _client(url) as client:
        yield client


def _client(url: str) -> httpx.Client:
    # Absolute paths: httpx appends them to the base.
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {DEFAULT_TOKEN}"}, timeout=30)
