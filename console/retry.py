"""Try dead letters again: by asking for the link to be looked at anew, or by the change's original bytes where no link is known.

A link reads what it could not map, so that the record as it is now is tried, and issues a rejected write again. What was garbage stays
garbage: a message of another topic that no schema could read has nothing to be tried with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.requests import request
from schemas.errors import RetriableError
from schemas.records import DeadLetter
from streams.clients import ANSWER_S, producer
from streams.settings import Settings
from streams.topics import CHANGES


@dataclass(frozen=True, slots=True)
class Tried:
    """How many went which way."""

    changes: int
    links: int
    hopeless: int


def retry(settings: Settings, letters: Iterable[DeadLetter]) -> Tried:
    """Try each letter again, each change and each link once; raises RetriableError when the broker does not take them."""
    letters = list(letters)
    links = {(letter.connection, letter.link) for letter in letters if letter.link}
    others = [letter for letter in letters if letter.link is None]
    changes = {(letter.partition, letter.offset): letter for letter in others if letter.topic == CHANGES}
    _reproduce(settings, changes.values())
    for connection, link in sorted(links):
        request(settings, connection, "retry", link=str(link))
    return Tried(len(changes), len(links), sum(letter.topic != CHANGES for letter in others))


def _reproduce(settings: Settings, letters: Iterable[DeadLetter]) -> None:
    client = producer(settings.cluster)
    for letter in letters:
        client.produce(CHANGES, value=letter.value_bytes, key=letter.key_bytes, partition=letter.partition)
    if client.flush(ANSWER_S):
        raise RetriableError(f"kafka at {settings.kafka}: not all changes were taken within {ANSWER_S:.0f} s")
