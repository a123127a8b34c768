"""What `keapsync check` says of the registry, changing nothing there."""

from __future__ import annotations

import pytest

from connectors.registry import Registry
from sandbox.broker.configuration import free_port
from schemas.records import Change
from schemas.store import schema_of
from streams import wire
from streams.settings import Settings
from streams.wire import registry_faults, use_worker_format
from tests.connectors.registry.newer import newer_schema
from tests.registry import RunningRegistry


def test_without_a_registry_there_is_none() -> None:
    """The schemas in the package are the store."""
    assert registry_faults(Settings()) == []


def test_registered_and_compatible_schemas_are_none(registry: RunningRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the registry has them or only would take them; a new one is not registered by asking."""
    settings, newer = Settings(registry_url=registry.url), newer_schema()
    use_worker_format(settings)
    use_worker_format(Settings())
    assert registry_faults(settings) == []
    monkeypatch.setattr(wire, "schema_of", lambda kind: newer if kind is Change else schema_of(kind))
    assert registry_faults(settings) == []
    assert Registry(registry.url).find("keapsync.Change", newer) is None


def test_an_incompatible_schema_is_named(registry: RunningRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any worker is refused."""
    settings, wrong = Settings(registry_url=registry.url), newer_schema(mandatory=True)
    use_worker_format(settings)
    use_worker_format(Settings())
    monkeypatch.setattr(wire, "schema_of", lambda kind: wrong if kind is Change else schema_of(kind))
    (fault,) = registry_faults(settings)
    assert fault.startswith("schema keapsync.Change: registry at http://127.0.0.1")
    assert "incompatible" in fault


def test_a_registry_that_does_not_answer_is_one_fault() -> None:
    """Not one per schema."""
    (fault,) = registry_faults(Settings(registry_url=f"http://127.0.0.1:{free_port()}"))
    assert "does not answer" in fault
