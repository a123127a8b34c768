"""The worked example: found by its entry point, read by the poller, written by the sink."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina
import structlog

from connectors.base import Record
from connectors.erp import adapter_of
from schemas.codec import encode
from schemas.errors import ConfigurationError, ConflictError, GoneError
from streams.accounts import connector
from streams.clock import now_ms
from streams.engine.records import Record as Delivered
from streams.patience import Patience
from streams.settings import Settings
from streams.write.account import Account
from streams.write.handler import Writer
from tests.adapters.sqlite_erp import PAGE, SqliteErp
from tests.capture.conftest import Poller
from tests.write.conftest import FakeContext, FakeTable, a_create, outcomes_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package that brings the adapter: its metadata, on the path."""
    metadata = tmp_path / "site" / "erp_by_sql-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: erp-by-sql\nVersion: 1.0\n")
    named = {"sqlite": "tests.adapters.sqlite_erp:adapter", "wrong": "tests.adapters.sqlite_erp:SCHEMA", "lost": "tests.adapters.none:x"}
    lines = ["[keapsync.erp]", *(f"{name} = {value}" for name, value in named.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path / "site")


@pytest.fixture
async def erp(tmp_path: Path) -> AsyncIterator[SqliteErp]:
    """Connect as the workers do: by the settings."""
    erp = {"url": f"sqlite://{tmp_path}/erp.sqlite", "token": "none", "adapter": "sqlite"}
    connection = {"keap": {"url": "http://127.0.0.1:1", "token": "t"}, "erp": erp}
    made = connector(Settings.model_validate({"data_dir": tmp_path, "connections": {"main": connection}}), "main", "erp")
    assert isinstance(made, SqliteErp)
    assert await made.check() == []
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def _no_backoff() -> Iterator[None]:
    """Retry at once."""
    with stamina.set_testing(True, attempts=5):
        yield


@pytest.mark.parametrize(
    ("name", "words"), [("none", "no packages bring 'none'"), ("wrong", "is no connectors"), ("lost", "cannot be loaded")]
)
async def test_an_adapter_that_is_not_there_is_a_sentence(name: str, words: str) -> None:
    """With the names of those that are."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        adapter_of(adapter=name)
    assert name != "none" or "lost, sqlite, wrong" in str(caught.value)


async def test_the_poller_sees_every_edit_and_every_delete(erp: SqliteErp) -> None:
    """Over pages, once."""
    made = [await erp.create("contact", {"first_name": f"Ann {n}"}, stamp=None, key="") for n in range(PAGE + 3)]
    poller = Poller(erp)
    await poller.snapshot()
    assert {change.id for change in poller.changes} == {record.id for record in made}
    edited = await erp.update("contact", made[1], {"first_name": "Bea"})
    await erp.delete("contact", made[2])
    before = len(poller.changes)
    await poller.poll(since=edited.updated_at or 0)
    told = {change.id: (change.op, change.fields.get("first_name")) for change in poller.changes[before:]}
    assert told[edited.id] == ("upsert", "Bea")
    assert told[made[2].id] == ("delete", None)


async def test_a_create_that_is_delivered_again_makes_nothing_twice(erp: SqliteErp) -> None:
    """By its stamp."""
    account = Account(erp, {"contact": "external_id"}, lag_ms=0, timeout_ms=10, patience=Patience(structlog.get_logger()))
    writer = Writer("erp", {"main": account}, partitions=1)
    command = a_create(side="erp", fields={"first_name": "Ann"})
    outcomes = []
    for offset in (1, 2):
        outputs = await writer.handle(
            Delivered("commands", 0, offset, command.key, encode(command), now_ms()), FakeTable(), FakeContext(10)
        )
        assert outputs is not None
        outcomes += outcomes_of(outputs)
    assert [outcome.status for outcome in outcomes] == ["applied", "found"]
    assert len({outcome.id for outcome in outcomes}) == 1


async def test_writes_are_made_on_the_version_they_were_decided_on(erp: SqliteErp) -> None:
    """Of many at once exactly one; the others are told what the record shows."""
    made = await erp.create("contact", {"first_name": "Ann"}, stamp="link-1", key="")
    tried = await asyncio.gather(*(erp.update("contact", made, {"first_name": name}) for name in "abc"), return_exceptions=True)
    (written,) = [one for one in tried if isinstance(one, Record)]
    refused = [one for one in tried if isinstance(one, ConflictError)]
    assert len(refused) == len(tried) - 1
    assert {one.record.version for one in refused if isinstance(one.record, Record)} == {written.version}
    with pytest.raises(ConflictError) as taken:
        await erp.create("contact", {"first_name": "Other"}, stamp="link-1", key="")
    assert isinstance(taken.value.record, Record)
    assert taken.value.record.id == made.id


async def test_what_is_deleted_or_never_was_is_gone_to_writes(erp: SqliteErp) -> None:
    """And can still be read while a mark of it is left."""
    made = await erp.create("contact", {"first_name": "Ann"}, stamp=None, key="")
    await erp.delete("contact", made)
    assert (await erp.get("contact", made.id)).deleted
    for record in (made, Record("999", {})):
        with pytest.raises(GoneError):
            await erp.update("contact", record, {"first_name": "Bea"})
