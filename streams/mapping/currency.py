"""Amounts and their currency: an amount is the account's only when its record names no other currency."""

from __future__ import annotations

from schemas.errors import MappingError
from schemas.flows import Fields, Side, Value
from streams.mapping.rows import FlowMapping, Row


def foreign(mapping: FlowMapping, row: Row, side: Side, fields: Fields) -> Value:
    """Return the currency of an amount of a native record where it is another than the account's.

    None for rows that are no amounts, for records that name none, and while the account's own is not known.
    """
    if row.currency is None or mapping.currency is None:
        return None
    unit = mapping.row(row.currency)
    path = unit.path(side)
    try:
        said = unit.kind.read(side, fields.get(path)) if path else None
    except MappingError:  # a currency that cannot be read is a fault of its own row
        return None
    return None if said == mapping.currency else said


def require_own(mapping: FlowMapping, row: Row, side: Side, fields: Fields) -> None:
    """Refuse an amount of another currency; raises MappingError."""
    if (code := foreign(mapping, row, side, fields)) is not None:
        native = fields.get(row.path(side) or "")
        raise MappingError(f"{native} is in {code}, and the Keap account's currency is {mapping.currency}", value=native)
