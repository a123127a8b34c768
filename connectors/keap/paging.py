"""Where the next page begins.

`next_page_token` held a full URL in recordings (amp-labs, 2024-11): the token is taken out, the host is never followed, and our own
parameters are sent again with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

from connectors.jsonbytes import Json
from schemas.errors import FatalError


def next_token(body: Json, used: str | None, count: int) -> str | None:
    """Return the next page's token, None at the end: no token, the token just used once more, or a page without records."""
    said = str(body.get("next_page_token") or "")
    if "://" in said:
        said = parse_qs(urlsplit(said).query).get("page_token", [""])[0]
    return None if not said or said == used or not count else said


def last_id(ids: Sequence[str], after: str | None) -> str | None:
    """Return the id that the next page has to be above, None for an empty page.

    Raises:
        FatalError: the ids do not rise; going on from the last one would leave records out unseen.
    """
    numbers = [int(after) if after else -1, *map(int, ids)]
    if any(one >= two for one, two in pairwise(numbers)):
        raise FatalError("Keap's list is not in the order of ids: a scan by id would leave records out")
    return ids[-1] if ids else None
