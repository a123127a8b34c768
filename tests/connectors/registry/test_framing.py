"""Records through a real registry: what is registered, what is read, what is refused."""

from __future__ import annotations

import struct

import pytest
from hypothesis import HealthCheck, given, settings

from connectors.registry import Confluent, Registry
from schemas import codec
from schemas.codec import decode, encode
from schemas.errors import ConfigurationError, RetriableError, SchemaError
from schemas.framing import SingleObject
from schemas.records import RECORDS, Change, Record
from schemas.store import full_name, schema_of
from tests.connectors.registry.newer import CHANGE, newer_schema, write_newer
from tests.engine.polling import wait_for
from tests.registry import RunningRegistry
from tests.schemas.strategies import records


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(record=records())
def test_what_one_process_writes_another_reads(framing: Confluent, record: Record) -> None:
    """Every record comes back as it was, its schema being found under the record's name and the id before its datum."""
    assert repr(decode(encode(record))) == repr(record)


def test_the_header_names_the_registered_schema(framing: Confluent, registry: RunningRegistry) -> None:
    """A zero byte, then the id that the registry has for today's schema of `keapsync.Change`."""
    zero, id_ = struct.unpack(">BI", encode(CHANGE)[:5])
    assert zero == 0
    assert Registry(registry.url).find("keapsync.Change", schema_of(Change)) == id_
    assert Registry(registry.url).schema(id_) == schema_of(Change)


def test_single_object_records_are_still_read(framing: Confluent) -> None:
    """After a switch to the registry a topic holds both forms, and both are read."""
    new = encode(CHANGE)
    codec.use(SingleObject())
    old = encode(CHANGE)
    codec.use(framing)
    assert new != old
    assert decode(new) == decode(old) == CHANGE


def test_a_schema_registered_later_is_found(framing: Confluent, registry: RunningRegistry) -> None:
    """A record of a newer program is not refused: its schema is asked for, and then it is read."""
    data = write_newer(registry.url)
    with pytest.raises(RetriableError, match="is being asked"):
        decode(data)
    assert wait_for(lambda: read(data), 20) == CHANGE


def test_a_tool_waits_for_the_answer(registry: RunningRegistry) -> None:
    """A command that may wait needs no second try."""
    codec.use(Confluent(Registry(registry.url), wait_s=20))
    assert decode(write_newer(registry.url)) == CHANGE


def test_an_id_that_does_not_exist_is_garbage(registry: RunningRegistry) -> None:
    """The registry says that it has no such schema: the record will never be read and is held no longer."""
    codec.use(Confluent(Registry(registry.url), wait_s=20))
    with pytest.raises(SchemaError, match="has no schema 4294967295"):
        decode(b"\0\xff\xff\xff\xff" + encode(CHANGE)[5:])


def test_a_schema_of_others_is_garbage(registry: RunningRegistry) -> None:
    """A record that is none of ours, although the registry knows its schema, is refused."""
    id_ = Registry(registry.url).register("weather", {"type": "record", "name": "Weather", "fields": []})
    codec.use(Confluent(Registry(registry.url), wait_s=20))
    with pytest.raises(SchemaError, match="none of ours"):
        decode(struct.pack(">BI", 0, id_))


def test_an_incompatible_schema_is_refused_in_the_registrys_words(
    framing: Confluent, registry: RunningRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schema that cannot read what was written before stops the start, naming the schema and what the registry found."""
    wrong = newer_schema(mandatory=True)
    monkeypatch.setattr("connectors.registry.framing.schema_of", lambda kind: wrong if kind is Change else schema_of(kind))
    with pytest.raises(ConfigurationError) as refused:
        Confluent(Registry(registry.url)).prepare()
    (fault,) = refused.value.faults
    assert fault.startswith(f"schema {full_name(Change)}: registry at {registry.url}")
    assert "409" in fault
    assert wrong["fields"][-1]["name"] in fault
    assert Registry(registry.url).find(full_name(Change), wrong) is None


def test_an_older_program_starts_beside_a_newer_one(framing: Confluent, registry: RunningRegistry) -> None:
    """What was registered once may be written again, though it is not the latest any more."""
    write_newer(registry.url)
    Confluent(Registry(registry.url)).prepare(RECORDS)


def read(data: bytes) -> Record | None:
    """Return the record, None while it cannot be read."""
    try:
        return decode(data)
    except RetriableError:
        return None
