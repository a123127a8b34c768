"""What the budget hears of a command: how urgent its calls are, and whether they still should go."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from connectors.budget import Priority, errand
from tests.fakes.side import FakeSide
from tests.write.conftest import Bench, FakeContext, a_command

pytestmark = pytest.mark.anyio


@dataclass
class Listening(FakeSide):
    """A side that hears what each call is made for, as its pacer would."""

    heard: list[errand.Errand] = field(default_factory=list)

    def _enter(self, method: str, key: str) -> None:
        self.heard.append(errand.current())
        super()._enter(method, key)


@pytest.mark.parametrize(("bulk", "priority"), [(True, Priority.BULK), (False, Priority.LIVE)])
async def test_a_commands_calls_are_as_urgent_as_it_is(bulk: bool, priority: Priority) -> None:  # noqa: FBT001 - a table
    """The first run stands back; what an account is asked once before is nobody's."""
    side = Listening("keap")
    side.put("contact", {"given_name": "Anna"}, id_="1")
    context = FakeContext()
    await Bench(side).give(a_command(bulk=bulk), context)
    calls = [each for each in side.heard if each.priority != Priority.READ]
    assert [each.priority for each in calls] == [priority, Priority.BEGUN]
    assert all(each.may_start() for each in calls)
    context.ours = False
    assert not any(each.may_start() for each in calls)


@pytest.mark.parametrize("op", ["update", "delete"])
async def test_the_write_that_follows_a_look_goes_before_all_that_only_begins(op: str) -> None:
    """In a queue of lanes that look first, it would stand for seconds, and what somebody edits meanwhile would be overwritten."""
    side = Listening("keap")
    side.put("contact", {"given_name": "Anna"}, id_="1")
    await Bench(side).give(a_command(bulk=True, op=op))
    assert [each.priority for each in side.heard if each.priority != Priority.READ] == [Priority.BULK, Priority.BEGUN]
