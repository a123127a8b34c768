"""The whole system for a benchmark: broker, both servers answering after 5 ms, all workers; seeded and converged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

from bench.kafka import Broker, running_broker
from bench.processes import BenchError, Child, end_all, require_all
from console.read_model.links import Links, read_links
from sandbox.broker.configuration import free_port
from sandbox.data import generate
from schemas.errors import ConfigurationError
from schemas.flows import SIDES, Side
from streams.admin import create_topics
from streams.settings import Settings

TOKEN = "benchmark"  # noqa: S105 - of servers that live for minutes
FAST = 10_000
"""Calls a second: no quota in the way."""
WORKERS = {"capture": ("capture",), "sync": ("sync",), "write-keap": ("write", "keap"), "write-erp": ("write", "erp")}
SETTLED_S = 180.0


@dataclass(frozen=True, slots=True)
class System:
    """What runs."""

    settings: Settings
    broker: Broker
    servers: dict[Side, Child]
    urls: dict[Side, str]
    workers: dict[str, Child]

    def way_to(self, side: Side) -> list[Child]:
        """Return the processes that an edit passes on its way to a side."""
        return [self.broker.process, self.workers["sync"], self.workers[f"write-{side}"], self.servers[side]]

    def calls(self) -> dict[Side, int]:
        """Return how many API calls each server has had since it started, by its own log."""
        logs = {side: httpx.get(f"{url}/_sandbox/log", timeout=60).raise_for_status().json() for side, url in self.urls.items()}
        return {side: len(log["entries"]) + log["reads"] for side, log in logs.items()}

    def require(self) -> None:
        """Raise BenchError when a worker has ended."""
        require_all(self.workers.values())


@contextmanager
def running_system(folder: Path, contacts: int, latency_ms: int) -> Iterator[System]:
    """Yield the system once all pairs are linked. Capture has ended by then: edits come from the benchmark."""
    children: list[Child] = []
    with running_broker(folder) as broker:
        try:
            urls: dict[Side, str] = {side: _server(side, folder, children) for side in SIDES}
            settings = _configured(folder, broker.address, urls)
            create_topics(settings)
            seeds = generate(contacts, seed=1)
            for side, url in urls.items():
                _prepare(side, url, seeds.keap if side == "keap" else seeds.erp, latency_ms)
            config = ("--config", str(folder / "keapsync.yaml"))
            system = System(settings, broker, dict(zip(SIDES, children, strict=True)), urls, {})
            for name, words in WORKERS.items():
                system.workers[name] = Child(folder / f"{name}.log", "console", *config, *words, KEAPSYNC_LOG="warning")
                children.append(system.workers[name])
            _await_settled(system, contacts)
            system.workers.pop("capture").end()
            yield system
        finally:
            end_all(children)


def _server(side: Side, folder: Path, children: list[Child]) -> str:
    port = free_port()
    words = ("console", "sandbox", side, "--port", str(port), "--data", str(folder / f"{side}.sqlite"), "--token", TOKEN)
    child = Child(folder / f"{side}.log", *words)
    children.append(child)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 30
    while True:
        child.require()
        try:
            httpx.get(f"{url}/_sandbox/health").raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise BenchError(f"{side} did not answer:\n{child.tail()}") from None
            time.sleep(0.05)
        else:
            return url


def _configured(folder: Path, kafka: str, urls: dict[Side, str]) -> Settings:
    account = {"token": TOKEN, "poll_s": 0.5, "replica_lag_s": 0.2, "per_second": FAST}
    connection: dict[str, Any] = {side: {"url": url, **account} for side, url in urls.items()}
    connection["breaker"] = {"updates": 0}  # a thousand edits in two minutes are meant
    document: dict[str, Any] = {"kafka": kafka, "data_dir": str(folder / "data"), "partitions": 1, "connections": {"bench": connection}}
    with (folder / "keapsync.yaml").open("w") as file:
        YAML().dump(document, file)
    try:
        return Settings(**document)
    except ConfigurationError as error:
        raise BenchError(str(error)) from error


def _prepare(side: Side, url: str, seeds: Any, latency_ms: int) -> None:
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=120) as http:
        quota = {"per_minute": FAST * 60} if side == "erp" else {"per_second": FAST, "per_minute": FAST * 60, "per_day": FAST * 10_000}
        http.put("/_sandbox/quota", json=quota).raise_for_status()
        http.put("/_sandbox/faults", json={"latency_ms": [latency_ms, latency_ms]}).raise_for_status()
        people = {name: seeds[name] for name in ("companies" if side == "keap" else "customers", "contacts")}
        http.post("/_sandbox/seed", json=people).raise_for_status()


def _await_settled(system: System, contacts: int) -> None:
    """Wait until the contacts are linked and nothing is in flight."""
    deadline = time.monotonic() + SETTLED_S
    while True:
        system.require()
        links = read_links(system.settings)
        linked = links.chosen("contact", "linked")
        if len(linked) >= contacts and not any(links.in_flight()) and not _moving(links):
            return
        if time.monotonic() > deadline:
            raise BenchError(f"{len(linked)} of {contacts} contacts were linked within {SETTLED_S:.0f} s")
        time.sleep(1)


def _moving(links: Links) -> bool:
    return any(link.state == "linked" and (link.gates or link.keap.held or link.erp.held) for link in links.all)
