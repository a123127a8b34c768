"""The calls of a schema registry that a client needs (https://docs.confluent.io/platform/current/schema-registry/develop/api.html).

Each is made once; what failed for now is a RetriableError, what was refused for good a ConfigurationError in the registry's own words.
"""

from __future__ import annotations

import json
from typing import Any, Final

import httpx

from connectors.redact import redact
from connectors.tls import authorities
from schemas.errors import ConfigurationError, RetriableError, SchemaError
from schemas.store import Schema

TIMEOUT_S: Final = 5.0
PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that say nothing about what was asked."""
ABSENT: Final = frozenset({40401, 40402, 40403})
"""Error codes of a registry that has no such subject, version or schema; any other 404 comes from somebody else, a proxy say."""
MOST_ID: Final = 2**32 - 1
"""An id has four bytes in the wire format."""


class Registry:
    """One registry; safe for use by several threads.

    Args:
        url: where `/subjects` lies below (Apicurio's ends in `/apis/ccompat/v7`); `http://name:password@host` where it asks for one.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        parsed = httpx.URL(url)
        self._secret = parsed.password
        self.name = f"registry at {parsed.copy_with(userinfo=b'')}"
        headers = {"accept": "application/vnd.schemaregistry.v1+json, application/json"}
        # Some calls at a start, then hardly any: no connection is kept for them.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(base_url=parsed, timeout=timeout_s, headers=headers, limits=limits, verify=authorities())

    def find(self, subject: str, schema: Schema) -> int | None:
        """Return the id of a schema that is registered under a subject, None when it is not."""
        answer = self._call("POST", f"/subjects/{subject}", schema, absent=True)
        return None if answer is None else self._id(answer)

    def register(self, subject: str, schema: Schema) -> int:
        """Register a schema and return its id; raises ConfigurationError when it is incompatible with what is there."""
        return self._id(self._call("POST", f"/subjects/{subject}/versions", schema))

    def refusals(self, subject: str, schema: Schema) -> list[str]:
        """Return why the registry would not take a schema, changing nothing; empty when it would."""
        path = f"/compatibility/subjects/{subject}/versions/latest"
        answer = self._call("POST", path, schema, params={"verbose": "true"}, absent=True)
        if answer is None or answer.get("is_compatible"):
            return []
        return [str(words) for words in answer.get("messages") or ()] or ["incompatible with the latest version"]

    def versions(self, subject: str) -> dict[int, Schema]:
        """Return every schema of a subject by its id."""
        numbers = self._call("GET", f"/subjects/{subject}/versions", absent=True)
        answers = [self._call("GET", f"/subjects/{subject}/versions/{number}") for number in numbers or ()]
        return {self._id(answer): self._schema(answer) for answer in answers}

    def schema(self, id_: int) -> Schema | None:
        """Return the schema of an id, None when the registry has none; raises SchemaError for one that is not Avro."""
        answer = self._call("GET", f"/schemas/ids/{id_}", absent=True)
        return None if answer is None else self._schema(answer)

    def _call(
        self, method: str, path: str, schema: Schema | None = None, *, params: dict[str, str] | None = None, absent: bool = False
    ) -> Any:
        """Return the answer's JSON, None where what the path names may be `absent` and is."""
        body = None if schema is None else {"schema": json.dumps(schema)}
        try:
            answer = self._client.request(method, path, params=params, json=body)
        except httpx.HTTPError as error:
            raise RetriableError(self._say(f"does not answer: {error or type(error).__name__}")) from error
        if answer.status_code in PASSING:
            raise RetriableError(self._say(f"answers {answer.status_code}"))
        if absent and _code(answer) in ABSENT:
            return None
        if not answer.is_success:
            raise ConfigurationError(self._say(f"refuses {method} {path}: {answer.status_code} {_words(answer)}"))
        try:
            return answer.json()
        except ValueError as error:
            raise ConfigurationError(self._say(f"answers {method} {path} with something that is not JSON")) from error

    def _id(self, answer: Any) -> int:
        id_ = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(id_, int) or not 0 <= id_ <= MOST_ID:
            raise ConfigurationError(self._say(f"names no schema id: {answer}"))
        return id_

    def _schema(self, answer: Any) -> Schema:
        try:
            kind, loaded = answer.get("schemaType", "AVRO"), answer["schema"]
            loaded = json.loads(loaded) if kind == "AVRO" else None
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise ConfigurationError(self._say(f"answers something that holds no schema: {str(answer)[:200]}")) from error
        if not isinstance(loaded, dict):
            raise SchemaError(self._say(f"has a schema that is no Avro record: {kind} {str(loaded)[:200]}"))
        return loaded

    def _say(self, sentence: str) -> str:
        return redact(f"{self.name} {sentence}", self._secret)


def _code(answer: httpx.Response) -> object:
    """Return the registry's error code, None when it is not the registry that answers."""
    try:
        return answer.json()["error_code"]
    except (ValueError, LookupError, TypeError):
        return None


def _words(answer: httpx.Response) -> str:
    """Return the registry's own words for a refusal."""
    try:
        return str(answer.json()["message"])
    except (ValueError, LookupError, TypeError):
        return answer.text[:500]
