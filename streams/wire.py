"""The wire format of this process: single-object encoding, or the Confluent one once `registry_url` is set (docs/wire.md)."""

from __future__ import annotations

from functools import cache
from typing import Final

from connectors.registry import Confluent, Registry
from schemas import codec
from schemas.errors import ConfigurationError, RetriableError
from schemas.framing import SingleObject
from schemas.records import RECORDS
from schemas.store import full_name, schema_of
from streams.settings import Settings

TOOL_WAIT_S: Final = 10.0
"""How long a command waits for a schema it does not know."""


def use_worker_format(settings: Settings) -> None:
    """Choose the format of a worker: every schema is registered before the first record is read or written.

    Raises:
        ConfigurationError: the registry refuses a schema.
        RetriableError: the registry does not answer.
    """
    if settings.registry_url is None:
        codec.use(SingleObject())
        return
    framing = Confluent(Registry(settings.registry_url))
    framing.prepare()
    codec.use(framing)


def use_tool_format(settings: Settings) -> None:
    """Choose the format of a command: the registry is asked for what the command meets, nothing is prepared."""
    codec.use(_tool_framing(settings.registry_url) if settings.registry_url else SingleObject())


def registry_faults(settings: Settings) -> list[str]:
    """Return why the registry would refuse our schemas or does not answer; nothing is registered."""
    if settings.registry_url is None:
        return []
    registry = Registry(settings.registry_url)
    faults: list[str] = []
    for kind in RECORDS:
        name, schema = full_name(kind), schema_of(kind)
        try:
            if registry.find(name, schema) is None:
                faults += [f"schema {name}: {registry.name}: {words}" for words in registry.refusals(name, schema)]
        except ConfigurationError as error:
            return [*error.faults]
        except RetriableError as error:
            return [str(error)]
    return faults


@cache
def _tool_framing(url: str) -> Confluent:
    return Confluent(Registry(url), TOOL_WAIT_S)
