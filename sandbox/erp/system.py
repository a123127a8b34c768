"""The parts of one reference ERP, made once and handed to every call."""

import sqlite3
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.capabilities import Capabilities
from sandbox.erp.contract import Contract, load_contract
from sandbox.erp.database import open_database
from sandbox.erp.deliveries import Deliveries
from sandbox.erp.formats import now
from sandbox.erp.habits import Habits
from sandbox.erp.problems import Problem
from sandbox.erp.quota import Bucket, Quota
from sandbox.erp.records import Records
from sandbox.erp.switches import Switch
from sandbox.http.clock import Clock
from sandbox.http.faults import Faults
from sandbox.http.requestlog import RequestLog
from sandbox.http.rules import Fault
from sandbox.http.switches import Switches

ROOT = "/api/v1"
API_USER = "api"  # Who the token belongs to.


@dataclass(slots=True)
class Erp:
    """One ERP: its contract, its file and its switches."""

    token: str
    connection: sqlite3.Connection
    contract: Contract = field(default_factory=load_contract)
    clock: Clock = field(init=False)
    records: Records = field(init=False)
    log: RequestLog = field(init=False)
    faults: Faults = field(init=False)
    habits: Switch[Habits] = field(init=False)
    quota: Switch[Quota] = field(init=False)
    capabilities: Switch[Capabilities] = field(init=False)
    bucket: Bucket = field(init=False)
    deliveries: Deliveries = field(init=False)

    def __post_init__(self) -> None:
        """Put the parts together."""
        self.clock = Clock(Switches(self.connection))
        self.records = Records(self.connection)
        self.log = RequestLog(self.connection, ROOT)
        self.faults = Faults(ROOT, answer_fault)
        self.habits = Switch(self.connection, "habits", Habits())
        self.quota = Switch(self.connection, "quota", Quota())
        self.capabilities = Switch(self.connection, "capabilities", Capabilities())
        self.bucket = Bucket(self.quota)
        self.deliveries = Deliveries(self.connection, self.capabilities)

    def admit(self, request: Request) -> None:
        """Let a call in; raises a `Problem` for a wrong token (401) or a spent quota (429)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not compare_digest(token.strip().encode(), self.token.encode()):
            raise unauthorized()
        if wait_s := self.bucket.take():
            raise throttled(wait_s)

    def as_of(self) -> int | None:
        """Say which state reads answer from: None is the present, anything else an instant."""
        stale_ms = self.faults.rules.stale_read_ms
        return now() - stale_ms if stale_ms else None


def open_erp(data: Path | None, token: str) -> Erp:
    """Open the ERP kept in a file (None: in memory)."""
    return Erp(token, open_database(data))


def author(request: Request) -> str:
    """Name who makes a change: `X-Sandbox-User` plays a person at the ERP's own screens."""
    return request.headers.get("x-sandbox-user", API_USER)


def unauthorized() -> Problem:
    """Make the answer to a missing or wrong token."""
    return Problem(401, "the token is missing or not accepted", headers={"WWW-Authenticate": "Bearer"})


def throttled(wait_s: int) -> Problem:
    """Make the answer to a spent quota."""
    return Problem(429, "the quota is spent", headers={"Retry-After": str(wait_s)})


def answer_fault(fault: Fault) -> Response:
    """Say a switched-on fault in the ERP's own words."""
    problems = {Fault.REJECT_TOKEN: unauthorized(), Fault.THROTTLE: throttled(1)}
    return problems.get(fault, Problem(500, "the ERP is out of order")).response()
