"""Keep secrets out of whatever a person may read.

Servers echo tokens ("Invalid token abc"), and h11 quotes the header that it finds illegal (a token read with its line end).
"""

from __future__ import annotations

MASK = "***"


def redact(text: str, *secrets: str) -> str:
    """Return `text` with the secrets masked, also where they were trimmed or escaped."""
    spellings = {spelling for secret in secrets for spelling in (secret, repr(secret)[1:-1], secret.strip())}
    for spelling in sorted(filter(None, spellings), key=len, reverse=True):
        text = text.replace(spelling, MASK)
    return text
