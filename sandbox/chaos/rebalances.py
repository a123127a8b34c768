"""How often consumer groups rebalanced, by the broker's own word: it writes down each generation of a group in `__consumer_offsets`."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable

from schemas.errors import RetriableError
from streams.clients import ANSWER_S, admin, read_to_end
from streams.settings import Settings

OFFSETS = "__consumer_offsets"
GROUP = 2
"""Version of the keys that name a group (GroupMetadataKey.json of Kafka); the others are of offsets."""

Entry = tuple[bytes, bytes | None, int]
"""Key, value, and when it was written (ms)."""


def rebalances(settings: Settings, since: int) -> Counter[str]:
    """Return how many generations each group began since an instant (ms)."""
    topic = admin(settings.cluster).list_topics(OFFSETS, timeout=ANSWER_S).topics[OFFSETS]
    if topic.error is not None:
        raise RetriableError(f"kafka: {topic.error.str()}")
    messages = (message for number in topic.partitions for message in read_to_end(settings.cluster, OFFSETS, number))
    return generations(((message.key(), message.value(), message.timestamp()[1]) for message in messages), since)


def generations(entries: Iterable[Entry], since: int) -> Counter[str]:
    """Return how many generations of each group were written down since an instant, each however often."""
    found = {(_text(key)[0], _generation(value)) for key, value, at in entries if at >= since and value and _version(key) == GROUP}
    return Counter(group for group, _ in found)


def _version(key: bytes) -> int:
    return int(struct.unpack_from(">h", key)[0])


def _text(data: bytes) -> tuple[str, bytes]:
    """Read the text behind a version; returns it and what follows."""
    length = struct.unpack_from(">h", data, 2)[0]
    return data[4 : 4 + length].decode(), data[4 + length :]


def _generation(value: bytes) -> int:
    """Read a GroupMetadataValue: version, type of protocol, generation."""
    return int(struct.unpack_from(">i", _text(value)[1])[0])
