"""A command line in this process, and topics to read and write: those of the shared broker, told apart by the connection's name."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from console.cli import app
from schemas.codec import encode
from schemas.records import Record
from streams.admin import create_topics
from streams.clients import producer
from streams.settings import Settings, load
from streams.sync.rows import link_key
from streams.sync.state import Link, dump
from streams.topics import LINKS, partition_of


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No settings of the machine reach a test, and no logging of a test outlives it."""
    for name in [name for name in os.environ if name.startswith("KEAPSYNC_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def keapsync() -> Callable[..., Result]:
    """Run `keapsync` with arguments; `.stdout`, `.stderr`, `.exit_code` tell what it did."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@dataclass(frozen=True)
class Place:
    """A connection of its own on the shared broker."""

    settings: Settings
    connection: str
    config: Path

    @property
    def partition(self) -> int:
        """Where everything about the connection is."""
        return partition_of(self.connection.encode(), self.settings.partitions)

    def put(self, topic: str, *records: Record) -> None:
        """Produce records into the connection's partition."""
        client = producer(self.settings.kafka)
        for record in records:
            client.produce(topic, value=encode(record), key=getattr(record, "key", None), partition=self.partition)
        assert client.flush(30) == 0

    def put_row(self, key: bytes, row: object) -> None:
        """Put a row of the link table that is no link."""
        client = producer(self.settings.kafka)
        client.produce(LINKS, value=dump(row), key=key, partition=self.partition)
        assert client.flush(30) == 0

    def put_links(self, *links: Link) -> None:
        """Put rows of the link table."""
        client = producer(self.settings.kafka)
        for link in links:
            client.produce(LINKS, value=dump(link), key=link_key(link.connection, link.id), partition=self.partition)
        assert client.flush(30) == 0


@pytest.fixture
def place(broker: str, tmp_path: Path) -> Place:
    """Topics, and a configuration with one connection whose accounts nobody answers for."""
    name = f"c-{uuid.uuid4().hex[:8]}"
    sides = "".join(f"    {side}: {{url: 'http://127.0.0.1:9', token: secret}}\n" for side in ("keap", "erp"))
    config = tmp_path / "keapsync.yaml"
    config.write_text(f"kafka: {broker}\nconnections:\n  {name}:\n{sides}")
    settings = load(config)
    create_topics(settings)
    return Place(settings, name, config)
