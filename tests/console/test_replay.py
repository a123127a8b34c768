"""Replay feeds the same bytes into the same partition again, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import Message
from typer.testing import Result

from console.replay import HEADER, Start, parse_start, replay_changes
from schemas.errors import ConfigurationError
from schemas.records import Change
from streams.clients import read_to_end
from streams.topics import CHANGES
from tests.console.conftest import Place

NOW_MS = 1_790_000_000_000


def change(place: Place, number: int) -> Change:
    """A change of a contact."""
    return Change(place.connection, "keap", "contact", str(number), "upsert", {"given_name": "Ann"}, NOW_MS, "poll")


def ours(place: Place) -> Iterator[Message]:
    """The connection's changes."""
    for message in read_to_end(place.settings.kafka, CHANGES, place.partition):
        if message.key().startswith(place.connection.encode()):
            yield message


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("120", Start(offset=120)),
        ("9" * 30, Start(offset=2**63 - 1)),
        ("2h", Start(at_ms=NOW_MS - 7_200_000)),
        ("99999999999d", Start(at_ms=0)),
        ("0001-01-01", Start(at_ms=0)),
        ("30m", Start(at_ms=NOW_MS - 1_800_000)),
        ("1970-01-01T00:00:01Z", Start(at_ms=1000)),
        ("1970-01-01T01:00:01+01:00", Start(at_ms=1000)),
        ("1970-01-01", Start(at_ms=0)),
    ],
)
def test_a_start_is_an_age_an_offset_or_a_time(text: str, start: Start):
    """A time without a zone is UTC."""
    assert parse_start(text, NOW_MS) == start


def test_anything_else_is_refused():
    """The sentence says what there is."""
    with pytest.raises(ConfigurationError, match="--from: 'yesterday'"):
        parse_start("yesterday", NOW_MS)


@pytest.mark.broker
def test_the_same_bytes_go_into_the_same_partition_and_never_twice(place: Place):
    """A second replay skips what the first one made."""
    place.put(CHANGES, change(place, 1), change(place, 2))
    first = next(ours(place)).offset()
    assert replay_changes(place.settings, Start(offset=first), place.partition) == 2
    assert replay_changes(place.settings, Start(offset=first), place.partition) == 2
    originals, copies = [], []
    for message in ours(place):
        (copies if HEADER in dict(message.headers() or ()) else originals).append((message.key(), message.value()))
    assert copies == originals * 2


@pytest.mark.broker
def test_a_start_after_everything_replays_nothing(place: Place):
    """An instant with nothing after it, and an offset beyond the end."""
    place.put(CHANGES, change(place, 1))
    assert replay_changes(place.settings, Start(at_ms=4_000_000_000_000)) == 0
    assert replay_changes(place.settings, Start(offset=1_000_000), place.partition) == 0


@pytest.mark.broker
def test_a_partition_that_is_not_there_is_refused(place: Place, keapsync: Callable[..., Result]):
    """Nothing is replayed then."""
    result = keapsync("--config", place.config, "replay", "--from", "0", "--partition", "4")
    assert result.exit_code == 78
    assert "`changes` has 0 to 3" in result.stderr
