"""From the body of a delivery to hints. Bodies say which records to read, nothing more is taken from them: no field, no address.

Keap: `{"event_key", "object_type", "object_keys": [{"id", "apiUrl", "timestamp"}]}`, 1 to 1000 objects (its "REST Hooks" page).
The ERP: `{"type", "entity", "record_id", "at"}` (the contract's Delivery).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from connectors.erp.properties import COLLECTIONS
from connectors.keap.hooks import KINDS
from schemas.errors import SchemaError
from schemas.flows import Side, entity_of
from schemas.records import Hint

Id = Annotated[str, Meta(min_length=1, max_length=100)]
_KEAP: Final = {kind: entity_of(flow, "keap") for flow, kind in KINDS.items()}
_ERP: Final = {collection: entity_of(flow, "erp") for flow, collection in COLLECTIONS.items()}


class _Object(msgspec.Struct):
    id: Id | int


class _KeapDelivery(msgspec.Struct):
    event_key: str
    object_keys: Annotated[list[_Object], Meta(max_length=1000)]


class _ErpDelivery(msgspec.Struct):
    type: str
    entity: str
    record_id: Id


def understand(connection: str, side: Side, body: bytes, at: int) -> list[Hint]:
    """Return the hints in a delivery that arrived at `at` (ms); none for records we do not read.

    Raises:
        SchemaError: it is no delivery.
    """
    try:
        return _READERS[side](connection, body, at)
    except msgspec.MsgspecError as error:
        raise SchemaError(f"no delivery of {side}: {error}") from error


def _keap(connection: str, body: bytes, at: int) -> list[Hint]:
    said = msgspec.json.decode(body, type=_KeapDelivery)
    entity = _KEAP.get(said.event_key.partition(".")[0])
    return [Hint(connection, "keap", entity, str(each.id), said.event_key, at) for each in said.object_keys] if entity else []


def _erp(connection: str, body: bytes, at: int) -> list[Hint]:
    said = msgspec.json.decode(body, type=_ErpDelivery)
    entity = _ERP.get(said.entity)
    return [Hint(connection, "erp", entity, said.record_id, said.type, at)] if entity else []


_READERS: Final[dict[Side, Callable[[str, bytes, int], list[Hint]]]] = {"keap": _keap, "erp": _erp}
