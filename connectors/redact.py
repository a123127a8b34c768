"""Keep secrets out of whatever a person may read.

Servers echo tokens ("Invalid token abc"), and h11 quotes the header that it finds illegal (a token read with its line end).
What a server says is cut short (`words`), within a secret maybe.
"""

from __future__ import annotations

from typing import Final

MASK: Final = "***"
TELLING: Final = 8
"""Characters: a secret's beginning that is shorter is as likely a word of somebody's."""


def redact(text: str, *secrets: str) -> str:
    """Return `text` with the secrets masked, also where they were trimmed or escaped, or where the text was cut within one."""
    spellings = {spelling for secret in secrets for spelling in (secret, repr(secret)[1:-1], secret.strip())}
    for spelling in sorted(filter(None, spellings), key=len, reverse=True):
        text = _without_beginning(text.replace(spelling, MASK), spelling)
    return text


def _without_beginning(text: str, spelling: str) -> str:
    for length in range(len(spelling) - 1, TELLING - 1, -1):
        if text.endswith(spelling[:length]):
            return text[:-length] + MASK
    return text
