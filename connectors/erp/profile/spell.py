"""Values as an ERP spells them and as they travel."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from connectors.erp.profile.shape import Values
from connectors.erp.properties import DECIMALS, INSTANTS, REFERENCES
from connectors.jsonbytes import plain
from connectors.times import ms_or_none, to_ms, to_text
from schemas.flows import Value

_MS: Final = {"seconds": 1000, "milliseconds": 1}


def read_value(values: Values, name: str, value: Any) -> Value:
    """Return a property's value as it travels; what cannot be read so is passed on as text."""
    if value is None or value == "":
        return None
    if name in INSTANTS:
        moment = read_time(values, value)
        return str(value) if moment is None else to_text(moment)
    if name in DECIMALS and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal):  # the contract says strings; an ERP that sends numbers is read all the same
        return plain(value)
    if name in REFERENCES:
        return str(value)
    return value if isinstance(value, bool | int | str) else str(value)


def write_value(values: Values, name: str, value: Value) -> Any:
    """Return a property's value as the ERP takes it; what cannot be spelled so is passed on, for the ERP to refuse."""
    if value is None:
        return None
    if name in REFERENCES:
        return write_id(values, str(value))
    if name in INSTANTS and values.times != "iso":
        return write_time(values, to_ms(str(value)))
    if name in DECIMALS and values.decimals == "number":
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return value
    return value


def write_id(values: Values, record_id: str) -> str | int:
    """Spell an id."""
    return int(record_id) if values.ids == "integer" and record_id.isdecimal() else record_id


def read_time(values: Values, value: Any) -> int | None:
    """Return a time in ms since the epoch; None for what is no time."""
    if values.times == "iso":
        return ms_or_none(value)
    try:
        return None if value in (None, "") else int(Decimal(str(value)) * _MS[values.times])
    except (InvalidOperation, ValueError, OverflowError):
        return None


def write_time(values: Values, moment_ms: int) -> str | int:
    """Spell a time; one before which nothing counts is never rounded up."""
    return to_text(moment_ms) if values.times == "iso" else moment_ms // _MS[values.times]
