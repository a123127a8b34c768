"""A chunk of raw records in, one transaction out; nothing bad stops what is good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from schemas import codec
from schemas.codec import decode, encode
from schemas.errors import RetriableError
from schemas.flows import FLOWS, SIDES, Side, Value, entity_of
from schemas.framing import SingleObject
from schemas.records import Change, Command, Control, DeadLetter, Record, ScanMark
from streams.agent.handler import SyncHandler
from streams.engine.records import Outputs
from streams.engine.records import Record as Raw
from streams.mapping.kinds.text import Text
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.rows import counting_key
from streams.sync.turn import Context
from streams.topics import partition_of
from tests.engine.memory import MemoryTable
from tests.fakes.framing import LateFraming
from tests.sync.desk import MAPPING, NOW, PERSON, Desk, context

PARTITION = partition_of(b"main", 4)


class Agent:
    """A handler over an in-memory table, fed as the engine feeds it."""

    def __init__(self, **changes: object) -> None:
        """Start with the partition assigned."""
        self.table = MemoryTable()
        self.sent: list[Record] = []
        self.offset = 0
        given: Context = context(**changes)
        self.handler = SyncHandler({"main": given}, 4, lambda: NOW)
        assigned = self.handler.assigned(PARTITION, self.table)
        assert assigned is not None
        self._commit(assigned)

    def feed(self, *values: bytes | None) -> Outputs:
        """Hand over a chunk and commit what comes of it, pages included."""
        outputs = self.handle(*values)
        while outputs.more:
            outputs = self.handler.more(PARTITION, self.table)
            self._commit(outputs)
        return outputs

    def handle(self, *values: bytes | None) -> Outputs:
        """Hand over a chunk, prepared, and commit what comes of it at once."""
        records = [Raw("changes", PARTITION, self.offset + n, b"key", value, NOW) for n, value in enumerate(values, 1)]
        self.offset += len(records)
        outputs = self.handler.handle(PARTITION, self.table, [self.handler.prepare(record) for record in records])
        self._commit(outputs)
        return outputs

    def _commit(self, outputs: Outputs) -> None:
        self.sent += [decode(record.value) for record in outputs.records]
        for key, row in outputs.rows.items():
            if row is None:
                self.table.rows.pop(key, None)
            else:
                self.table.rows[key] = row

    def of(self, kind: type[Record]) -> list[Record]:
        """Return what was sent of one kind."""
        return [record for record in self.sent if isinstance(record, kind)]


def contacts(count: int) -> list[bytes]:
    """Return the changes of some contacts."""
    desk = Desk()
    mail = "email_addresses.EMAIL1.email"
    return [encode(desk.change("keap", "contact", f"k{n}", fields=PERSON | {mail: f"a{n}@x.example"})) for n in range(count)]


def marks() -> list[bytes]:
    """Return the snapshots of every flow."""
    return [encode(ScanMark("main", side, entity_of(flow, side), "snapshot", NOW, 0)) for flow in FLOWS for side in SIDES]


def test_garbage_becomes_a_dead_letter_with_its_bytes_and_the_rest_goes_on() -> None:
    """Broken bytes, a record of another topic and an unknown connection stand between good ones."""
    agent = Agent()
    stranger = encode(Change("elsewhere", "keap", "contact", "1", "upsert", {}, NOW, "poll"))
    command = encode(Command("c", "main", "l", 1, "keap", "contact", "update", {}, {}, NOW, "test"))
    agent.feed(b"garbage", None, *contacts(1), stranger, command, *marks())
    letters = agent.of(DeadLetter)
    assert [letter.value_bytes for letter in letters] == [b"garbage", None, stranger, command]
    assert [letter.offset for letter in letters] == [1, 2, 4, 5]
    assert len(agent.of(Command)) == 1


def test_a_poison_record_of_a_connection_stops_nothing_but_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in the core for one record is a dead letter; its rows are not written."""
    agent = Agent()
    good, poison = contacts(2)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as broken:
        broken.setattr("streams.agent.handler.decide", fail)
        agent.feed(poison)
    agent.feed(good, *marks())
    assert [letter.error for letter in agent.of(DeadLetter)] == ["ZeroDivisionError"]
    assert len(agent.of(Command)) == 1


def test_a_chunk_sees_its_own_rows() -> None:
    """The same change twice in one chunk makes one link and one create."""
    agent = Agent()
    agent.feed(*contacts(1), *contacts(1), *marks())
    assert len(agent.of(Command)) == 1


def test_a_release_too_large_for_one_decision_is_continued_and_survives_a_restart() -> None:
    """250 links wait for the snapshot; a successor takes up where the owner stopped."""
    agent = Agent(limits={"bulk": 1000, "live": 1000})
    agent.feed(*contacts(250))
    agent.handle(*marks())
    assert len(agent.of(Command)) == 0
    successor = SyncHandler({"main": context(limits={"bulk": 1000, "live": 1000})}, 4, lambda: NOW)
    agent.handler = successor
    outputs = successor.assigned(PARTITION, agent.table)
    assert outputs is not None
    agent._commit(outputs)
    while outputs.more:
        outputs = successor.more(PARTITION, agent.table)
        agent._commit(outputs)
    assert len(agent.of(Command)) == 250


def test_what_is_refused_when_its_turn_comes_is_a_dead_letter_too() -> None:
    """A first name that the other side cannot take shows when the snapshots let the create go, far from the change that brought it."""
    agent, desk = Agent(), Desk()
    agent.feed(encode(desk.change("keap", "contact", "k1", fields=PERSON | {"given_name": "A" * 200})), *marks())
    (letter,) = agent.of(DeadLetter)
    assert (letter.field, letter.side, letter.offset, letter.value_bytes) == ("first_name", "erp", -1, None)
    assert "200 characters" in letter.message


def test_a_record_that_cannot_be_read_yet_is_no_dead_letter(late: LateFraming) -> None:
    """The engine is told so before anything is decided: no row, no command, no dead letter; then everything follows in order."""
    agent = Agent()
    chunk = [*contacts(1), *marks()]
    before = dict(agent.table.rows)
    with pytest.raises(RetriableError):
        agent.feed(*chunk)
    assert agent.sent == []
    assert agent.table.rows == before
    late.told = True
    agent.feed(*chunk)
    assert len(agent.of(Command)) == 1


@pytest.fixture
def late() -> Iterator[LateFraming]:
    """Withhold the schema of snapshot marks."""
    framing = LateFraming(ScanMark)
    codec.use(framing)
    yield framing
    codec.use(SingleObject())


def test_rows_that_were_added_are_asked_for_in_the_same_transaction() -> None:
    """What is noted is asked for, whatever ends in between; capture hears it in the connection's partition."""
    agent = Agent()
    agent.feed(*marks())
    grown = load_mapping(None, MappingOptions(custom_fields={"contact": ["ERP Contact Number"]}))
    successor = SyncHandler({"main": context(mapping=grown)}, 4, lambda: NOW)
    outputs = successor.assigned(PARTITION, agent.table)
    assert outputs is not None
    assert outputs.rows
    ((topic, partition, asked),) = [(one.topic, one.partition, decode(one.value)) for one in outputs.records]
    assert (topic, partition) == ("control", PARTITION)
    assert isinstance(asked, Control)
    assert (asked.op, asked.connection, asked.args) == ("sweep", "main", {"flow": "contact", "again": "true"})


class Poison(Text):
    """A type with a defect: it cannot write one value."""

    def write(self, side: Side, value: Value) -> Value:
        """Fail, or write as any text."""
        if side == "erp" and value == "poison":
            raise ZeroDivisionError
        return super().write(side, value)

    def verbatim(self, side: Side, value: Value) -> bool:  # noqa: ARG002 - as any type
        """Ask each time."""
        return False


def test_a_link_that_cannot_be_settled_holds_up_nobody_who_waits_behind_it() -> None:
    """A defect met long after the record was read, when the waiting are released: a dead letter names the link, the others go on."""
    rows = tuple(replace(row, kind=Poison(40)) if row.name == "job_title" else row for row in MAPPING["contact"].rows)
    agent = Agent(mapping=MAPPING | {"contact": replace(MAPPING["contact"], rows=rows)})
    desk = Desk()
    mail = "email_addresses.EMAIL1.email"
    titles = {n: "poison" if n == 1 else "Clerk" for n in range(4)}
    people = [desk.change("keap", "contact", f"k{n}", fields=PERSON | {mail: f"a{n}@x.example", "job_title": titles[n]}) for n in titles]
    agent.feed(*map(encode, people))
    agent.feed(*marks())
    (letter,) = agent.of(DeadLetter)
    assert isinstance(letter, DeadLetter)
    assert (letter.error, letter.flow) == ("ZeroDivisionError", "contact")
    assert len(agent.of(Command)) == 3


def test_a_row_that_cannot_be_read_holds_up_nobody_either() -> None:
    """Of a link whose row is broken only the id is known."""
    agent = Agent()
    agent.feed(*contacts(3))
    broken = min(key for key in agent.table.rows if key.startswith(b"link/"))
    agent.table.rows[broken] = agent.table.rows[broken][:-3]
    agent.feed(*marks())
    (letter,) = agent.of(DeadLetter)
    assert isinstance(letter, DeadLetter)
    assert letter.link is not None
    assert letter.link.encode() in broken
    assert len(agent.of(Command)) == 2


def test_what_cannot_be_taken_up_at_the_start_is_told_and_the_rest_goes_on() -> None:
    """A worker that failed at each of its starts would decide nothing at all."""
    agent = Agent()
    agent.table.rows[counting_key("main")] = b"\x01\xc1"
    outputs = agent.handler.assigned(PARTITION, agent.table)
    assert outputs is not None
    (letter,) = [decode(record.value) for record in outputs.records]
    assert isinstance(letter, DeadLetter)
    assert outputs.more
