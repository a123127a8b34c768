"""A client for the tests: the calls of the contract, and the sandbox's own."""

from typing import Any

import httpx

TOKEN = "test-token"  # noqa: S105 -- opens only the tests' own servers
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


class ErpClient(httpx.Client):
    """An HTTP client whose base is `/api/v1`; answers are returned as they are."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
        self.sandbox = f"{url}/_sandbox"

    def make(self, entity: str, **properties: Any) -> dict[str, Any]:
        """Create a record and return it."""
        answer = self.post(f"/{entity}", json=properties)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return dict(answer.json())

    def change(self, entity: str, record_id: str, patch: Any, **headers: str) -> httpx.Response:
        """Send a merge patch; header names with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("PATCH", f"/{entity}/{record_id}", json=patch, headers=MERGE_PATCH | named)

    def switch(self, name: str, **values: Any) -> httpx.Response:
        """Put one of the sandbox's switches."""
        return self.put(f"{self.sandbox}/{name}", json=values)


def faults(answer: httpx.Response) -> set[tuple[str, str]]:
    """Return what a problem blames, as (field, code)."""
    assert answer.headers["content-type"] == "application/problem+json"
    return {(fault["field"], fault["code"]) for fault in answer.json()["errors"]}
