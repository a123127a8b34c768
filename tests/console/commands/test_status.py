"""Status tells where everything stands, from the topics alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import Result

from console.read_model.status import OVERDUE_MS, read_status
from schemas.records import Change, Cursor
from streams.clock import now_ms
from streams.connections import whole_mapping_of
from streams.sync.newcomers import name_of
from streams.sync.rows import breaker_key, counting_key, progress_key
from streams.sync.state import Ids, Progress, Window
from streams.topics import CHANGES, CURSORS
from tests.console.conftest import Place
from tests.console.samples import in_flight, link

pytestmark = pytest.mark.broker


def test_polls_and_quota_come_from_the_cursors(place: Place):
    """The head of each entity, as it was written last."""
    old = Cursor(place.connection, "keap", "contact", 0, polled_at=1000)
    place.put(CURSORS, old, Cursor(place.connection, "keap", "contact", 0, polled_at=2000, quota_left=29_000))
    place.put(CURSORS, Cursor(place.connection, "keap", "contact", 1, entries={"1": b"12345678"}))
    (head,) = [head for head in read_status(place.settings).heads if head.connection == place.connection]
    assert (head.polled_at, head.quota_left) == (2000, 29_000)


def test_a_command_nobody_answers_is_named(place: Place, keapsync: Callable[..., Result]):
    """After a quarter of an hour; a young one is only counted."""
    late = in_flight(link(place.connection, keap="1", erp="2", first_name="Late"), now_ms() - OVERDUE_MS - 1000)
    young = in_flight(link(place.connection, keap="3", erp="4", first_name="Young"), now_ms())
    place.put_links(late, young)
    printed = keapsync("--config", place.config, "status").stdout
    assert f"update on erp for contact Late (link {late.id})" in printed
    assert young.id not in printed


def test_what_waits_is_counted_by_its_gate(place: Place):
    """A link in review waits for a person, not for a gate."""
    before = read_status(place.settings).waiting["company", "filter"]
    halves = [link(place.connection, flow="company", state="half", keap=str(number)) for number in range(2)]
    reviewed = link(place.connection, flow="company", state="review", keap="3")
    for each in (*halves, reviewed):
        each.gate = "filter"
    place.put_links(*halves, reviewed)
    assert read_status(place.settings).waiting["company", "filter"] == before + 2


def test_fields_that_wait_for_somebody_are_counted(place: Place, keapsync: Callable[..., Result]):
    """Disputed and frozen ones, beside the pairs that have them."""
    before = read_status(place.settings)
    pairs = [link(place.connection, flow="company", keap=str(number), erp=str(number)) for number in range(2)]
    pairs[0].disputed, pairs[1].frozen = ["name", "email"], ["notes"]
    place.put_links(*pairs)
    after = read_status(place.settings)
    assert (after.disputed, after.frozen) == (before.disputed + 2, before.frozen + 1)
    assert [after.waiting["company", what] - before.waiting["company", what] for what in ("choose", "thaw")] == [1, 1]
    printed = keapsync("--config", place.config, "status").stdout
    assert f"{after.disputed} disputed fields wait for `keapsync choose`, {after.frozen} frozen ones for `keapsync thaw`" in printed


def test_lag_counts_records_nobody_has_read(place: Place):
    """Two changes more are two records to do more."""
    before = read_status(place.settings).lag["sync"]
    changes = [Change(place.connection, "keap", "contact", str(number), "upsert", {}, 1, "poll") for number in range(2)]
    place.put(CHANGES, *changes)
    assert read_status(place.settings).lag["sync"] == before + 2


def test_what_a_target_makes_of_a_row_and_open_breakers_are_warnings(place: Place):
    """As the core noted them, with the connection's name."""
    place.put_row(progress_key(place.connection), Progress(warned=["contact.job_title: stored differently than sent in erp"]))
    place.put_row(breaker_key(place.connection, "breaker/contact/erp"), Window(1, 9, open=True))
    mine = [sentence for sentence in read_status(place.settings).warnings if sentence.startswith(place.connection)]
    assert sorted(mine) == [
        f"{place.connection}: breaker/contact/erp: too many writes, stopped; see `keapsync breakers`",
        f"{place.connection}: contact.job_title: stored differently than sent in erp",
    ]


def test_optional_rows_that_do_not_count_are_a_note(place: Place, keapsync: Callable[..., Result]):
    """As the workers found the account at their start."""
    whole = whole_mapping_of(place.settings, place.settings.connections[place.connection])
    counting = [name_of(flow, row) for flow, one in whole.items() for row in one.rows if row.label != "Credit Limit"]
    place.put_row(counting_key(place.connection), Ids(counting))
    printed = keapsync("--config", place.config, "status").stdout
    assert f"note {place.connection}: optional rows that do not count" in printed
    assert "(company: Credit Limit)" in printed
