"""A reference ERP of its own for each test."""

from collections.abc import Iterator

import pytest

from sandbox.erp.server import build_app
from sandbox.http.run import background
from tests.sandbox.erp.client import TOKEN, ErpClient


@pytest.fixture
def erp() -> Iterator[ErpClient]:
    """Serve an empty ERP in memory and yield a client of it."""
    with background(build_app(token=TOKEN)) as url, ErpClient(url) as client:
        yield client
