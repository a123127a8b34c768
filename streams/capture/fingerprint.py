"""Tell whether a record is what was last published of it, without keeping the record.

A fingerprint covers the fields and the version or time of change, so that a value that went and came back is a change.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Final

from connectors.base import Record

SIZE: Final = 8
"""Bytes: one false match among 2^64, and a sweep's worth of ids fits in memory."""
UNTRUSTED: Final = b""
"""Stands for an id whose next reading is published whatever it shows."""
MISSED: Final = b"?"
"""Stands for an id that the last sweep did not show; its next reading is published whatever it shows."""
DELETED: Final = b"-"
"""Ends the fingerprint of a record that shows itself as deleted: no scan has to show it any more."""
TICK_MS: Final = 1_000
"""Within one second several edits may carry the same time (keap.md section 4: whole seconds on read)."""


def fingerprint(record: Record) -> bytes:
    """Return the fingerprint of what a record shows; null, "" and missing are one value."""
    shown = {path: value for path, value in record.fields.items() if value not in (None, "")}
    whole = (shown, record.version, record.updated_at, record.deleted)
    # JSON in ASCII takes what no topic would: lone surrogates, integers beyond 64 bits. Such a record is a dead letter, not a stop.
    digest = blake2b(json.dumps(whole, sort_keys=True, default=str).encode(), digest_size=SIZE).digest()
    return digest + DELETED if record.deleted else digest


def expected(print_: bytes) -> bool:
    """Tell whether a full scan should show the record that has this fingerprint."""
    return len(print_) <= SIZE


def trusted(record: Record, read_at: int, lag_ms: int) -> bool:
    """Tell whether a second reading with the same fingerprint may be dropped.

    Not while the record is so young that another edit, or an older state from a replica, could still look the same. A deletion under its
    own version is final at once: versions never repeat. `read_at` is by the record's own clock.
    """
    if record.updated_at is None or (record.deleted and record.version is not None):
        return True
    return read_at >= record.updated_at + TICK_MS + lag_ms
