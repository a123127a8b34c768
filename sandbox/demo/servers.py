"""The two servers as the demo sees them: the sandbox's own switches, and the public API as a person at the screen uses it."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.broker.configuration import free_port
from sandbox.data.seeds import COLLECTIONS, Body, Ids
from schemas.errors import RetriableError
from schemas.flows import SIDES, Flow, Side

READY_S = 30
API = {"keap": "/rest/v2", "erp": "/api/v1"}
PERSON = {"x-sandbox-user": "a person"}
KEAP_FIELDS = {
    "company": "company_name,address,email_address,phone_number,fax_number,website,notes",
    "contact": "given_name,family_name,email_addresses,phone_numbers,addresses,company,birth_date,job_title,website",
    "opportunity": None,
    "product": None,
}


@dataclass(slots=True)
class Server:
    """One of the two."""

    side: Side
    url: str
    token: str
    _http: httpx.Client = field(init=False)
    _seen: int = 0
    writes: Counter[tuple[str, Flow]] = field(default_factory=Counter)
    """(method, flow) -> calls of clients, not of people, that changed something, as far as the log was read."""

    def __post_init__(self) -> None:
        """Open the client."""
        self._http = httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {self.token}", **PERSON}, timeout=120)

    def close(self) -> None:
        """Close the client."""
        self._http.close()

    def wait(self, ended: Callable[[], str | None]) -> None:
        """Wait until it serves; raises RetriableError when its process ended or it takes too long."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            if reason := ended():
                raise RetriableError(reason)
            try:
                if self._http.get("/_sandbox/health").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RetriableError(f"{self.url} did not answer within {READY_S} s")

    def allow(self, per_second: int) -> None:
        """Set the quota, so that the demo takes about a minute."""
        minute = {"per_minute": per_second * 60}
        self._call("PUT", "/_sandbox/quota", minute if self.side == "erp" else {"per_second": per_second, "per_day": 10_000_000, **minute})

    def seed(self, body: Body) -> Ids:
        """Plant records and return their ids; Keap's stages are looked up by name."""
        if self.side == "keap":
            stages = self.stages()
            named = [dict(each) for each in body["opportunities"]]
            body = {**body, "opportunities": [{"stage_id": stages[each.pop("stage")], **each} for each in named]}
        ids: Ids = self._call("POST", "/_sandbox/seed", body)
        return ids

    def stages(self) -> dict[str, str]:
        """Return Keap's stages: name -> id."""
        found = self._call("GET", f"{API['keap']}/opportunities/stages")
        return {stage["name"]: stage["id"] for stage in found["stages"]}

    def read_log(self) -> int:
        """Count the writing calls since the last look; returns the number of the newest."""
        flows: dict[str, Flow] = {name: flow for flow, name in COLLECTIONS[self.side].items()}  # type: ignore[misc]
        flows |= {flow: flow for flow in COLLECTIONS[self.side]}  # type: ignore[misc]
        for entry in self._call("GET", f"/_sandbox/log?since={self._seen}")["entries"]:
            self._seen = entry["seq"]
            if entry["committed"] and entry["user"] is None and entry["entity"] in flows:
                self.writes[entry["method"], flows[entry["entity"]]] += 1
        return self._seen

    def recount(self) -> None:
        """Count the log anew: a call that was under way at an earlier look was not committed yet."""
        self._seen = 0
        self.writes.clear()
        self.read_log()

    def get(self, flow: Flow, record_id: str) -> dict[str, Any]:
        """Read a record as the API shows it."""
        fields = KEAP_FIELDS[flow] if self.side == "keap" else None
        record: dict[str, Any] = self._call("GET", self._path(flow, record_id) + (f"?fields={fields}" if fields else ""))
        return record

    def patch(self, flow: Flow, record_id: str, changes: dict[str, Any]) -> None:
        """Change a record as a person does: only what is named."""
        if self.side == "keap":
            self._call("PATCH", f"{self._path(flow, record_id)}?update_mask={','.join(changes)}", changes)
        else:
            self._call("PATCH", self._path(flow, record_id), changes, "application/merge-patch+json")

    def _path(self, flow: Flow, record_id: str) -> str:
        return f"{API[self.side]}/{COLLECTIONS[self.side][flow]}/{record_id}"

    def _call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        while True:
            try:
                answer = self._http.request(method, path, json=body, headers={"content-type": kind} if body is not None else {})
            except httpx.RemoteProtocolError:
                if method != "GET":
                    raise
                continue  # the server closed an idle connection the moment we used it
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                break
            time.sleep(0.2)  # the workers share the quota with us
        if not answer.is_success:
            raise RetriableError(f"{method} {self.url}{path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None


def on_free_ports(token: str | None = None) -> tuple[Server, Server]:
    """Return Keap and the ERP to be; without a `token`, each has one that nobody knows."""
    keap, erp = (Server(side, f"http://127.0.0.1:{free_port()}", token or secrets.token_hex(16)) for side in SIDES)
    return keap, erp
