"""Keap and the second ERP, known by its profile file alone: the whole program as processes, no code for that ERP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

import sandbox.ledger
from sandbox.broker.configuration import free_port
from sandbox.demo.processes import Processes
from sandbox.demo.servers import Server
from schemas.errors import RetriableError
from streams.admin import create_topics
from streams.settings import Settings

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
PATIENCE_S = 180
PROFILE = Path(sandbox.ledger.__file__).parent / "profile.yaml"
TOKEN = "for-this-test"  # noqa: S105 - guards nothing
PEOPLE = 12
FAULTS = {"seed": 5, "error_before": 0.05, "error_after": 0.1, "drop_reply": 0.1}


@dataclass
class World:
    """Both systems, the program between them."""

    processes: Processes
    keap: Server
    ledger: httpx.Client

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for it; says what a process left in its log when one ended."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert not (reason := self.processes.ended()), reason
            assert time.monotonic() < deadline, {name: self.processes.tail(name) for name in self.processes.running}
            time.sleep(0.2)

    def listed(self, collection: str) -> list[dict[str, Any]]:
        """Return all records of the ledger, by id."""
        records: list[dict[str, Any]] = []
        while True:
            asked = {"sort": "id", "perPage": 50, "page": len(records) // 50 + 1}
            page = self.ledger.get(f"/v2/{collection}", params=asked).raise_for_status().json()
            records += page["data"]
            if len(records) >= page["meta"]["total"]:
                return records

    def find(self, collection: str, **values: str) -> dict[str, Any] | None:
        """Return the ledger's record with these values."""
        return next((one for one in self.listed(collection) if values.items() <= one.items()), None)

    def saves(self, path: str, **values: str) -> bool:
        """Make somebody's edit; False when the ledger, faulty as it is, refused it or did not answer."""
        try:
            return self.ledger.patch(path, json={"data": values}).is_success
        except httpx.TransportError:
            return False


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Start both systems with what they had before, and the program."""
    processes = Processes(tmp_path / "logs")
    ports = {name: free_port() for name in ("broker", "keap", "ledger")}
    keap = Server("keap", f"http://127.0.0.1:{ports['keap']}", TOKEN)
    ledger = httpx.Client(base_url=f"http://127.0.0.1:{ports['ledger']}", headers={"x-api-key": TOKEN}, timeout=30)
    try:
        processes.start("broker", "broker", "--data", str(tmp_path / "broker"), "--port", str(ports["broker"]))
        for name in ("keap", "ledger"):
            processes.start(name, "sandbox", name, "--port", str(ports[name]), "--token", TOKEN)
        config = configure(tmp_path, keap.url, str(ledger.base_url), f"127.0.0.1:{ports['broker']}")
        with closing(Server("erp", f"http://127.0.0.1:{ports['ledger']}", TOKEN)) as started:
            started.wait(processes.ended)
        keap.wait(processes.ended)
        keap.allow(500)
        plant(keap, ledger)
        ledger.put("/_sandbox/faults", json=FAULTS | {"methods": ["POST", "PATCH"]}).raise_for_status()
        prepare_topics(config)
        processes.start("run", "--config", str(config), "run")
        yield World(processes, keap, ledger)
    finally:
        processes.end()
        keap.close()
        ledger.close()


def configure(folder: Path, keap: str, ledger: str, kafka: str) -> Path:
    """Write the settings; orders, which nothing but a stamp would tell apart, run on the operator's word."""
    account = {"token": TOKEN, "poll_s": 0.5, "replica_lag_s": 0.2, "per_second": 300, "timeout_s": 3}
    connection = {
        "keap": {"url": keap, **account},
        "erp": {"url": ledger.rstrip("/"), "profile": str(PROFILE), **account},
        "flows": {"opportunity": {"best_effort": True}},
    }
    settings = {"kafka": kafka, "data_dir": str(folder / "data"), "instance": "ledger", "connections": {"main": connection}}
    config = folder / "keapsync.yaml"
    with config.open("w") as file:
        YAML().dump(settings, file)
    return config


def prepare_topics(config: Path) -> None:
    """Create the topics as soon as the broker answers."""
    settings = Settings(**YAML(typ="safe").load(config.read_text()))
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            create_topics(settings)
        except RetriableError:
            assert time.monotonic() < deadline
        else:
            return


def plant(keap: Server, ledger: httpx.Client) -> None:
    """Give Keap a firm, its people and a deal each; the ledger knows the firm and the first two people already."""
    people = [{"given_name": "Ann", "family_name": f"Lee {n}", "email": f"ann{n}@example.com"} for n in range(PEOPLE)]
    contacts = [
        {
            "given_name": one["given_name"],
            "family_name": one["family_name"],
            "email_addresses": [{"field": "EMAIL1", "email": one["email"]}],
            "company": {"id": {"$ref": ["companies", 0]}},
        }
        for one in people
    ]
    deals = [{"opportunity_title": f"Deal {n}", "contact_id": {"$ref": ["contacts", n]}, "stage": "Proposal"} for n in range(PEOPLE)]
    keap.seed({"companies": [{"company_name": "Firm"}], "contacts": contacts, "opportunities": deals})
    firm = ledger.post("/v2/parties", json={"data": {"legalName": "Firm", "invoiceAddress": {"town": "Lund"}}}).json()["data"]["id"]
    for one in people[:2]:
        known = {"givenName": one["given_name"], "familyName": one["family_name"], "email": one["email"], "employer": {"partyId": firm}}
        ledger.post("/v2/people", json={"data": known}).raise_for_status()
    ledger.post("/v2/items", json={"data": {"name": "Bolt", "code": "B-1", "price": 12.5, "shortDescription": "Bolt"}}).raise_for_status()


def test_both_systems_become_equal_and_stay_so(world: World) -> None:
    """Twins found, the rest created once though replies are lost, edits on both sides carried over."""
    world.until(lambda: len(world.listed("deals")) >= PEOPLE and len(world.keap._call("GET", "/rest/v2/products")["products"]) == 1)
    assert sorted(one["email"] for one in world.listed("people")) == sorted(f"ann{n}@example.com" for n in range(PEOPLE))
    assert sorted(one["subject"] for one in world.listed("deals")) == sorted(f"Deal {n}" for n in range(PEOPLE))
    assert len(world.listed("parties")) == 1
    (firm,) = world.keap._call("GET", "/rest/v2/companies?fields=company_name,address")["companies"]
    world.until(lambda: (world.keap.get("company", firm["id"]).get("address") or {}).get("locality") == "Lund")

    person = world.find("people", email="ann5@example.com")
    assert person is not None
    world.until(lambda: world.saves(f"/v2/people/{person['id']}", jobTitle="Smith"))
    contacts = world.keap._call("GET", "/rest/v2/contacts?fields=given_name,family_name,email_addresses")["contacts"]
    twin = next(one["id"] for one in contacts if one["family_name"] == "Lee 5")
    world.keap.patch("contact", twin, {"given_name": "Anna"})
    world.until(lambda: world.keap.get("contact", twin).get("job_title") == "Smith")
    world.until(lambda: world.find("people", email="ann5@example.com", givenName="Anna", jobTitle="Smith"))
    assert len(world.listed("people")) == PEOPLE
