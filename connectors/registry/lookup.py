"""Schemas by id: those that were met are kept, a new one is asked for in the background until the registry answers.

Whoever needs a schema that is not there yet is told so at once and comes again: an event loop never waits for a registry.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import structlog

from connectors.registry.api import Registry
from schemas.errors import RetriableError, SchemaError, SyncError
from schemas.store import Schema

PAUSE_FIRST_S: Final = 0.1
PAUSE_MOST_S: Final = 5.0
"""Between two questions for one id: how long a record waits at most once the registry is back."""
ABSENT: Final = 3
"""Answers "no such schema" that are believed together: a registry's replica may lag behind the one that registered it."""
FORGET_S: Final = 60.0
"""After it an id that had no schema is asked for again: a registry may be restored while its clients run."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Question:
    """An id that is being asked for, or was a while ago."""

    asked_at: float = field(default_factory=time.monotonic)
    answer: Future[Schema] = field(default_factory=Future)

    @property
    def forgotten(self) -> bool:
        return self.answer.done() and time.monotonic() - self.asked_at > FORGET_S


class Lookup:
    """Finds schemas by id. An id's schema never changes, so what is known is known for ever.

    Args:
        wait_s: how long a caller waits for an answer before it has to come again (seconds).
    """

    def __init__(self, registry: Registry, wait_s: float = 0) -> None:
        self._registry = registry
        self._wait_s = wait_s
        self._known: dict[int, Schema] = {}
        self._asked: dict[int, _Question] = {}
        self._lock = threading.Lock()

    def learn(self, schemas: Mapping[int, Schema]) -> None:
        """Keep schemas that were met elsewhere."""
        self._known.update(schemas)

    def schema(self, id_: int) -> Schema:
        """Return the schema of an id.

        Raises:
            SchemaError: the registry has no such schema, or it is not Avro.
            RetriableError: the registry has not answered yet.
        """
        if (known := self._known.get(id_)) is not None:
            return known
        try:
            return self._ask(id_).result(self._wait_s)
        except TimeoutError:
            raise RetriableError(f"schema {id_} is not known yet: the {self._registry.name} is being asked") from None
        except SchemaError as error:
            raise SchemaError(str(error)) from None  # the same object raised twice would grow its traceback

    def _ask(self, id_: int) -> Future[Schema]:
        with self._lock:
            self._asked = {each: question for each, question in self._asked.items() if not question.forgotten}
            if id_ not in self._asked:
                self._asked[id_] = _Question()
                # A daemon: the process may end whatever the registry does.
                arguments = (id_, self._asked[id_].answer)
                threading.Thread(target=self._until_answered, args=arguments, name=f"schema-{id_}", daemon=True).start()
            return self._asked[id_].answer

    def _until_answered(self, id_: int, answer: Future[Schema]) -> None:
        pause_s, absent, told = PAUSE_FIRST_S, 0, False
        while absent < ABSENT:
            try:
                schema = self._registry.schema(id_)
            except SchemaError as error:
                return answer.set_exception(error)
            except SyncError as error:  # out of reach, or credentials that an operator has to renew
                if not told:
                    log.warning("schema.missed", schema=id_, error=str(error))
                told = True
            else:
                if schema is not None:
                    log.info("schema.found", schema=id_, name=schema.get("name"))
                    self._known[id_] = schema
                    return answer.set_result(schema)
                absent += 1
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, PAUSE_MOST_S)
        return answer.set_exception(SchemaError(f"the {self._registry.name} has no schema {id_}"))
