"""Every topic in one table: what its key is, how it is partitioned, how long it stays.

Connections are spread by murmur2, explicitly, everywhere: everything about one connection meets in one partition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from aiokafka.partitioner import murmur2

CHANGES: Final = "changes"
OUTCOMES: Final = "outcomes"
CONTROL: Final = "control"
JOURNAL: Final = "journal"
DEAD_LETTERS: Final = "dead-letters"
CURSORS: Final = "cursors"
HINTS: Final = "hints"
COMMANDS: Final = {"keap": "commands-keap", "erp": "commands-erp"}
LINKS: Final = "links-changelog"
FINISHED: Final = {"keap": "finished-keap-changelog", "erp": "finished-erp-changelog"}

LONG_MS: Final = -1
"""Kept for ever: the replayable log and the audit trail."""
WEEK_MS: Final = 7 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it must exist on the broker."""

    name: str
    policy: Literal["delete", "compact"]
    retention_ms: int = WEEK_MS


TOPICS: Final = (
    Topic(CHANGES, "delete", LONG_MS),
    Topic(OUTCOMES, "delete"),
    Topic(CONTROL, "delete"),
    Topic(COMMANDS["keap"], "delete"),
    Topic(COMMANDS["erp"], "delete"),
    Topic(JOURNAL, "delete", LONG_MS),
    Topic(DEAD_LETTERS, "delete", LONG_MS),
    Topic(CURSORS, "compact"),
    Topic(HINTS, "delete"),
    Topic(LINKS, "compact"),
    Topic(FINISHED["keap"], "compact"),
    Topic(FINISHED["erp"], "compact"),
)


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key as every Kafka client with murmur2 computes it (KIP-480 keeps it for keyed records)."""
    hashed: int = murmur2(key)
    return (hashed & 0x7FFFFFFF) % partitions
