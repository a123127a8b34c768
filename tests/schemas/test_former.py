"""Every schema that ever wrote a record is still here, and today's reads what it wrote."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import fastavro
import pytest
from fastavro.schema import parse_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import codec, framing, store
from schemas.framing import SingleObject
from schemas.records import Change
from schemas.store import Schema, former_schemas, schema_of
from tests.schemas.committed import COMMITTED
from tests.schemas.strategies import datum


def write(schema: Schema, fields: Any) -> bytes:
    """Return a record as a program with that schema wrote it."""
    header, parsed = prepared(json.dumps(schema))
    out = io.BytesIO()
    out.write(header)
    fastavro.schemaless_writer(out, parsed, fields)
    return out.getvalue()


@cache
def prepared(schema: str) -> tuple[bytes, Any]:
    """Return a schema's header, which takes milliseconds to compute, and what fastavro writes with."""
    return framing._header(json.loads(schema)), parse_schema(json.loads(schema))


def older() -> Schema:
    """Return a Change as it might have been: without `updated_by`, with a field that went."""
    schema = copy.deepcopy(schema_of(Change))
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "updated_by"]
    schema["fields"].append({"name": "gone", "type": "string"})
    return schema


@pytest.fixture
def with_older(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep that older Change among the former schemas."""
    monkeypatch.setattr(store, "former_schemas", lambda: [older()])
    framing._by_header.cache_clear()
    codec.use(SingleObject())
    yield
    framing._by_header.cache_clear()
    codec.use(SingleObject())


def test_every_committed_schema_is_still_here() -> None:
    """A schema that changes leaves a copy in `former/`: no fingerprint that was ever committed is missing, and today's are noted."""
    here = {f"{schema['name']} {framing._header(schema)[2:].hex()}" for schema in store.committed_schemas()}
    assert here == set(COMMITTED)


@given(st.data())
def test_today_reads_what_former_schemas_wrote(data: st.DataObject) -> None:
    """Whatever a former schema can write becomes a record of today."""
    for schema in former_schemas():
        fields = data.draw(datum(schema))
        record = codec.decode(write(schema, fields))
        assert type(record).__name__ == schema["name"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_field_that_came_is_filled_and_one_that_went_is_dropped(with_older: None, data: st.DataObject) -> None:
    """Avro's resolution, at work: bytes of an older Change become a Change of today."""
    fields = data.draw(datum(older()))
    record = codec.decode(write(older(), fields))
    assert isinstance(record, Change)
    assert record.updated_by is None
    assert record.fields == fields["fields"]
    assert record.read_at == fields["read_at"]
