"""Keep secrets out of whatever a person may read.

Servers echo tokens ("Invalid token abc"), and h11 quotes the header that it finds illegal (a token read with its line end).
"""

from __future__ import annotations

MASK = "***"


def redact(text: str, secret: str) -> str:
    """Return `text` with the secret masked, also where it was trimmed or escaped."""
    spellings = (secret, repr(secret)[1:-1], secret.strip())
    for spelling in sorted({s for s in spellings if s}, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text
