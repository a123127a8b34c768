"""One small system with a schema registry: capture, the agent and both sinks register, write and read through it.

It converges like any other, and a sink holds the command whose schema nobody can tell it while the registry is away.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from console.audit import Reader
from console.read_model import read_records
from sandbox.data import Seeds, Truth, generate
from sandbox.demo.quiet import Stillness, unsettled
from sandbox.demo.stack import CONNECTION
from sandbox.demo.verdict import judge
from schemas import codec
from schemas.codec import encode
from schemas.framing import SingleObject
from schemas.records import Change, Command, Cursor, DeadLetter, JournalEntry, Outcome, ScanMark
from streams.clients import producer, read_to_end
from streams.clock import now_ms
from streams.topics import CHANGES, COMMANDS, CURSORS, DEAD_LETTERS, JOURNAL, OUTCOMES
from streams.wire import use_tool_format
from tests.connectors.registry.newer import write_newer
from tests.e2e.stacked import Stacked, save, settings_of, stack_in
from tests.registry import RunningRegistry

if TYPE_CHECKING:
    from streams.sync.state import Link

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
WRITTEN = {
    CHANGES: (Change, ScanMark),
    CURSORS: (Cursor,),
    COMMANDS["keap"]: (Command,),
    COMMANDS["erp"]: (Command,),
    JOURNAL: (JournalEntry,),
    OUTCOMES: (Outcome,),
}
"""What each worker writes: capture the first two, the agent the commands and the journal, the sinks the outcomes."""


@dataclass
class Told(Stacked):
    """A system after its first run, and what it was planted with."""

    seeds: Seeds
    truth: Truth
    calm: Stillness

    def assert_equal(self) -> None:
        """Every pair is linked and equal, none twice."""
        links = self.calm.wait()
        with Reader(self.stack.settings, CONNECTION) as reader:
            verdict = judge(reader.world(links), links, self.seeds, self.truth)
        assert verdict.good, verdict
        assert verdict.pairs["contact"] > 0

    def two(self) -> list[Link]:
        """Return the links of two people who have their twins, once nothing is under way to them."""
        self.until(lambda: len(self.links.chosen("contact", "linked")) > 1 and not unsettled(self.links))
        return self.links.chosen("contact", "linked")[:2]

    def title(self, contact: str | None) -> object:
        """Return what the ERP shows as somebody's job."""
        return self.stack.erp.get("contact", str(contact))["job_title"]

    def refused(self) -> list[DeadLetter]:
        """Return the dead letters."""
        return list(read_records(self.stack.settings, DEAD_LETTERS, DeadLetter))

    def order(self, contact: str | None, title: str) -> Command:
        """Return a command to write somebody's job, as nobody asked for it: its link is nobody's."""
        link, before = uuid.uuid4().hex, {"job_title": self.title(contact)}
        return Command(
            str(uuid.uuid4()), CONNECTION, link, 1, "erp", "contact", "update", {"job_title": title}, before, now_ms(), "test", contact
        )

    def send(self, command: Command, value: bytes) -> None:
        """Produce a command to the ERP's sink; all of them into one partition."""
        client = producer(self.stack.settings.cluster)
        client.produce(COMMANDS["erp"], value, command.key, partition=0)
        assert client.flush(20) == 0


@pytest.fixture(scope="module")
def told(registry: RunningRegistry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Yield the system, its workers running; each test leaves it at rest."""
    seeds = generate(5, 1)
    with stack_in(tmp_path_factory.mktemp("told")) as stack:
        stack.start()
        save(stack, settings_of(stack) | {"registry_url": registry.url})
        use_tool_format(stack.settings)
        for server in (stack.keap, stack.erp):
            server.allow(1_000)
        truth = seeds.truth.named(stack.keap.seed(seeds.keap), stack.erp.seed(seeds.erp))
        stack.run()
        records = sum(len(many) for body in (seeds.keap, seeds.erp) for many in body.values())
        yield Told(stack, seeds, truth, Stillness(stack, records, lambda: None))
    codec.use(SingleObject())


def test_a_system_with_a_registry_converges_in_its_form(told: Told) -> None:
    """Whatever a worker wrote begins with the registry's zero byte and the id of a schema of ours, and nothing was refused."""
    told.assert_equal()
    assert told.refused() == []
    settings = told.stack.settings
    for topic, kinds in WRITTEN.items():
        partitions = range(settings.partitions)
        values = [value for number in partitions for each in read_to_end(settings.cluster, topic, number) if (value := each.value())]
        assert {value[0] for value in values} == {0}, topic
        assert {type(codec.decode(value)) for value in values} <= {*kinds}, topic


def test_a_sink_holds_what_it_cannot_read_until_the_registry_is_back(told: Told, registry: RunningRegistry) -> None:
    """The lane of an unknown schema waits, the others go on, nothing is lost; and what was written reaches Keap like any edit."""
    held, other = told.two()
    unknown, known = told.order(held.erp.id, "Keeper"), told.order(other.erp.id, "Runner")
    later, now, before = write_newer(registry.url, unknown), encode(known), told.title(held.erp.id)
    registry.stop()
    try:
        told.send(unknown, later)
        told.send(known, now)
        told.until(lambda: told.title(other.erp.id) == "Runner" and "schema.missed" in told.stack.processes.tail("run"))
        assert told.title(held.erp.id) == before
    finally:
        registry.start()
    told.until(lambda: told.title(held.erp.id) == "Keeper")
    told.until(lambda: told.stack.keap.get("contact", str(held.keap.id))["job_title"] == "Keeper")
    assert told.refused() == []
