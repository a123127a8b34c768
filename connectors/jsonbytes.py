"""JSON without floats: numbers with a point are read as Decimal and written as they are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

Json = dict[str, Any]

_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)
_encoder: Final = msgspec.json.Encoder(decimal_format="number")


def parse(content: bytes) -> Any:
    """Return the JSON value; raises msgspec.DecodeError."""
    return _decoder.decode(content)


def render(value: Any) -> bytes:
    """Return the bytes of a JSON value."""
    return _encoder.encode(value)


def plain(number: Decimal) -> str:
    """Print a decimal in its canonical form: no exponent, no trailing zeros (`5000`, `12.5`)."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
