"""Dead letters are listed with their reason and can be tried again."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from typer.testing import Result

from console.read_model import read_records
from schemas.codec import encode
from schemas.records import Change, Control, DeadLetter
from streams.clients import read_to_end
from streams.topics import CHANGES, COMMANDS, CONTROL, DEAD_LETTERS
from tests.console.conftest import Place
from tests.console.samples import link

pytestmark = pytest.mark.broker

Keapsync = Callable[..., Result]


def letter(place: Place, topic: str, value: bytes, link: str | None = None) -> DeadLetter:
    """What could not be done."""
    return DeadLetter(
        id=str(uuid.uuid4()),
        connection=place.connection,
        stage="sync",
        topic=topic,
        partition=place.partition,
        offset=uuid.uuid4().int % 1_000_000,
        key_bytes=f"{place.connection}/keap/contact/1".encode(),
        value_bytes=value,
        error="MappingError",
        message="contact.phone: too long",
        at=1_790_000_000_000,
        flow="contact",
        link=link,
        field="phone",
    )


def test_reason_and_place_are_listed(place: Place, keapsync: Keapsync):
    """Stage, flow, field, error and its words."""
    lost = letter(place, CHANGES, b"x")
    place.put(DEAD_LETTERS, lost)
    place.put_links(link(place.connection, keap="1"))
    result = keapsync("--config", place.config, "dead-letters", "list", "--limit", "1000")
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if lost.id in line]
    for words in ("sync", "contact", "phone", "MappingError", "contact.phone: too long"):
        assert words in line


def test_what_was_done_since_is_not_listed_any_more(place: Place, keapsync: Keapsync):
    """It is kept: --all shows it, and by its id it can be tried again."""
    pair = link(place.connection, keap="1", erp="2")
    lost = replace(letter(place, CHANGES, b"x", link=pair.id), side="keap")
    pair.keap.unmapped = {"phone": "?"}
    place.put_links(pair)
    place.put(DEAD_LETTERS, lost)
    assert lost.id in keapsync("--config", place.config, "dead-letters", "list", "--limit", "1000").stdout
    pair.keap.unmapped = {}
    place.put_links(pair)
    listed = keapsync("--config", place.config, "dead-letters", "list", "--limit", "1000").stdout
    assert lost.id not in listed
    assert "more were done since" in listed
    assert lost.id in keapsync("--config", place.config, "dead-letters", "list", "--limit", "1000", "--all").stdout


def test_a_change_is_fed_in_again_byte_for_byte(place: Place, keapsync: Keapsync):
    """Same key, same partition."""
    value = encode(Change(place.connection, "keap", "contact", "1", "upsert", {}, 1, "poll"))
    lost = letter(place, CHANGES, value)
    place.put(DEAD_LETTERS, lost)
    result = keapsync("--config", place.config, "dead-letters", "retry", lost.id)
    assert "tried again: 1 changes, 0 links" in result.stdout
    again = [(each.key(), each.value()) for each in read_to_end(place.settings.kafka, CHANGES, place.partition)]
    assert (lost.key_bytes, value) in again


def test_a_rejected_write_is_issued_again_by_the_core(place: Place, keapsync: Keapsync):
    """Its link is asked to settle: the command of today may be another than the one that was refused."""
    lost = letter(place, COMMANDS["erp"], b"x", link="a-link")
    place.put(DEAD_LETTERS, lost)
    assert keapsync("--config", place.config, "dead-letters", "retry", lost.id).exit_code == 0
    (control,) = [each for each in read_records(place.settings, CONTROL, Control) if each.connection == place.connection]
    assert (control.op, control.args) == ("retry", {"link": "a-link"})


def test_one_or_all_but_not_nothing(place: Place, keapsync: Keapsync):
    """A retry of everything has to be meant."""
    assert keapsync("--config", place.config, "dead-letters", "retry").exit_code == 2
    unknown = keapsync("--config", place.config, "dead-letters", "retry", "nobody")
    assert unknown.exit_code == 1
    assert "no dead letter has the id nobody" in unknown.stderr
