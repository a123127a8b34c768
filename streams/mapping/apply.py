"""Read a whole native record through its flow's mapping.

One bad value never spoils the others: it is left out of the result and returned as an error that names flow, field and value.
"""

from __future__ import annotations

from schemas.errors import MappingError
from schemas.flows import Fields, Side, Value
from streams.mapping.currency import require_own
from streams.mapping.rows import FlowMapping, Row


def to_canonical(mapping: FlowMapping, side: Side, fields: Fields) -> tuple[Fields, list[MappingError]]:
    """Read a whole native record.

    Returns:
        fields: canonical name -> canonical value, None for empty and missing ones, for every row that has a path on `side`.
        errors: one per value that could not be read; its field is not in the result.
    """
    canonical: Fields = {}
    errors: list[MappingError] = []
    keap = side == "keap"
    for row in mapping.rows:
        path = row.keap if keap else row.erp
        if path is None:
            continue
        native = fields.get(path)
        if native is None:
            canonical[row.name] = None
            continue
        try:
            canonical[row.name] = row.kind.read(side, native)
            require_own(mapping, row, side, fields)
        except MappingError as error:
            canonical.pop(row.name, None)
            errors.append(_named(error, mapping, row, native))
    return canonical, errors


def _named(error: MappingError, mapping: FlowMapping, row: Row, value: Value) -> MappingError:
    """Return the error with its place."""
    return MappingError(f"{mapping.flow}.{row.name}: {error}", flow=mapping.flow, field=row.name, value=value)
