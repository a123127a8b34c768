"""The registry's judgement of the committed schemas."""

from __future__ import annotations

from connectors.registry import Registry
from schemas.records import RECORDS
from schemas.store import former_schemas, schema_of
from tests.connectors.registry.newer import newer_schema
from tests.registry import RunningRegistry


def test_today_is_compatible_with_every_former_schema(registry: RunningRegistry) -> None:
    """A deployment that registered a former schema will take today's."""
    asked = Registry(registry.url)
    todays = {kind.__name__: schema_of(kind) for kind in RECORDS}
    for number, former in enumerate(former_schemas()):
        subject = f"former-{number}"
        asked.register(subject, former)
        assert asked.refusals(subject, todays[former["name"]]) == []


def test_the_registry_judges(registry: RunningRegistry) -> None:
    """A mandatory new field is refused after any schema: the test above can fail."""
    asked = Registry(registry.url)
    asked.register("judged", newer_schema())
    assert asked.refusals("judged", newer_schema(mandatory=True)) != []
