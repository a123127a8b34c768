"""Tell whether a delivery is the ERP's: Standard Webhooks, HMAC-SHA256 over id, timestamp and body (standardwebhooks.com, v1)."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

AGE_S: Final = 300
"""How old a delivery may be: a recorded one is worthless later (the conventions' own tolerance)."""


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now_s: float) -> bool:
    """Tell whether one of the signatures is right and the delivery young; `headers` in lower case."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(now_s - int(timestamp)) > AGE_S:
        return False
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except (Error, ValueError):
        return False
    right = "v1," + b64encode(hmac.digest(key, b".".join((message_id.encode(), timestamp.encode(), body)), sha256)).decode()
    # Several while a key is being changed, parted by spaces.
    return any(hmac.compare_digest(given.encode(), right.encode()) for given in headers.get("webhook-signature", "").split())
