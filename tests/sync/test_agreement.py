"""Equal values are an agreement only where neither side can have moved on since it showed them: else the older reading is made again."""

from __future__ import annotations

from dataclasses import replace

from schemas.flows import Fields
from schemas.records import Command
from streams.sync.turn import Limit
from tests.sync.desk import NOW, PERSON, TWIN, Desk, context, pair

THING: Fields = {"name": "Chai", "sku": "C1"}


def taken_back(desk: Desk) -> Command:
    """The ERP names a customer nobody knows, so that nothing can be written to Keap, and takes it back: as Keap showed before."""
    desk.show("keap", "contact", "k1", PERSON)
    desk.show("erp", "contact", "e1", TWIN | {"customer_id": "c9"})
    desk.marks()
    (read,) = desk.show("erp", "contact", "e1", TWIN, at=60_000)
    assert (read.op, read.side) == ("read", "keap")
    return read


def test_an_edit_that_says_what_the_other_side_showed_before_is_compared_with_what_it_shows_now() -> None:
    """Nobody had edited it: nothing is written, and the next edit is a plain one."""
    desk = Desk()
    desk.show("keap", "company", "k7", {"company_name": "Acme"})
    read = taken_back(desk)
    assert desk.answer(read, record=PERSON, updated_at=NOW) == []
    desk.show("keap", "contact", "k1", PERSON | {"company.id": "k7"}, at=90_000)
    assert "conflict" not in desk.kinds()


def test_of_an_edit_and_an_older_one_that_was_read_after_it_the_newest_wins_and_the_loser_is_journaled() -> None:
    """Keap's edit was made before the ERP's clear and read after it: it is none that knew of the clear."""
    desk = Desk()
    desk.show("keap", "company", "k7", {"company_name": "Acme"})
    read = taken_back(desk)
    (write,) = desk.answer(read, record=PERSON | {"company.id": "k7"}, updated_at=NOW + 50_000)
    assert (write.side, write.fields) == ("keap", {"company.id": None})
    (entry,) = [entry for entry in desk.journal if entry.kind == "conflict"]
    assert (entry.won, entry.lost) == (None, "keap/company/k7")


def test_a_reading_older_than_the_edit_it_agrees_with_is_made_again() -> None:
    """Keap had shown the same before the ERP said it; what it shows since is a rival."""
    desk = Desk(context(updates=Limit(count=1)))
    pair(desk)
    (first,) = desk.show("erp", "contact", "e1", TWIN | {"middle_name": "King"}, at=20_000)
    desk.answer(first, record=PERSON | {"middle_name": "King"})
    said = {"middle_name": "King", "job_title": "Countess"}
    assert desk.show("erp", "contact", "e1", TWIN | said, at=60_000) == []  # it waits at the breaker
    (read,) = desk.show("keap", "contact", "k1", PERSON | said, at=50_000, read_at=NOW + 57_000)
    assert (read.op, read.side) == ("read", "keap")
    desk.answer(read, record=PERSON | said | {"job_title": "Duchess"}, updated_at=NOW + 57_500)
    (entry,) = [entry for entry in desk.journal if entry.kind == "conflict"]
    assert (entry.won, entry.lost) == ("Countess", "Duchess")


def test_a_reading_made_before_the_edit_is_not_the_one_that_is_asked_for() -> None:
    """It comes while the question waits for its turn, and shows what was there before anybody edited."""
    desk = Desk()
    desk.show("keap", "company", "k7", {"company_name": "Acme"})
    desk.show("keap", "contact", "k1", PERSON)
    desk.show("erp", "contact", "e1", TWIN | {"customer_id": "c9"})
    desk.marks()
    ready, desk.context = desk.context, replace(desk.context, limits={"bulk": 0, "live": 0})
    assert desk.show("erp", "contact", "e1", TWIN, at=60_000) == []
    assert desk.show("keap", "contact", "k1", PERSON, at=10_000, read_at=NOW + 55_000) == []
    desk.context = ready
    (read,) = [command for command in desk.assigned() if command.op == "read"]
    (write,) = desk.answer(read, record=PERSON | {"company.id": "k7"}, updated_at=NOW + 50_000)
    assert (write.side, write.fields) == ("keap", {"company.id": None})
    (entry,) = [entry for entry in desk.journal if entry.kind == "conflict"]
    assert (entry.won, entry.lost) == (None, "keap/company/k7")


def test_a_reading_within_the_lag_of_replicas_does_not_prove_that_its_side_had_not_moved_on() -> None:
    """The ERP said the same as Keap's edit before it was made, and something else when it was; its replica had not shown that yet."""
    desk = Desk()
    pair(desk)
    desk.context = replace(desk.context, limits={"bulk": 0, "live": 0})  # nothing is written meanwhile
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=21_500, read_at=NOW + 22_000)
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "Countess"}, at=20_000, read_at=NOW + 22_000)
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "Duchess"}, at=21_000, read_at=NOW + 30_000)
    assert set(rivals(desk)) == {"Countess", "Duchess"}  # too close to tell which was first


def test_who_said_it_first_may_have_moved_on_before_the_other_said_the_same() -> None:
    """Keap said Countess, then Duchess; only the first was shown when the ERP, after both, said Countess too."""
    desk = Desk()
    pair(desk)
    desk.context = replace(desk.context, limits={"bulk": 0, "live": 0})
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=20_000, read_at=NOW + 20_500)
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "Countess"}, at=30_000, read_at=NOW + 40_000)
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "Duchess"}, at=25_000, read_at=NOW + 45_000)
    assert rivals(desk) == ("Countess", "Duchess")


def test_what_said_the_same_when_a_pair_was_made_may_have_moved_on_too() -> None:
    """Keap was listed, edited, and then the ERP said what Keap had shown in the list."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=10_000, read_at=NOW + 12_000)
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "Countess"}, at=20_000, read_at=NOW + 60_000)
    (read,) = desk.marks()
    assert (read.op, read.side) == ("read", "keap")
    desk.answer(read, record=PERSON | {"job_title": "Duchess"}, updated_at=NOW + 15_000)
    assert rivals(desk) == ("Countess", "Duchess")


def test_a_value_that_cannot_be_mapped_is_not_what_a_clear_says() -> None:
    """The clear is written over it, and what the ERP says next is a rival of the clear."""
    desk = priced()
    desk.show("erp", "product", "e5", THING | {"unit_price": "free"}, at=20_000)
    (write,) = desk.show("keap", "product", "k5", THING, at=30_000)
    assert (write.side, write.fields, write.expect) == ("erp", {"unit_price": None}, {"unit_price": "free"})


def test_what_is_said_again_after_what_could_not_be_mapped_is_no_agreement_before_the_other_side_was_read() -> None:
    """Keap takes its words back; the ERP was edited meanwhile, which nobody has seen."""
    desk = priced()
    desk.show("keap", "product", "k5", THING | {"price.amount": "free"}, at=60_000)
    (read,) = desk.show("keap", "product", "k5", THING | {"price.amount": "12.50"}, at=70_000)
    assert (read.op, read.side) == ("read", "erp")
    desk.answer(read, record=THING | {"unit_price": "50.25"}, updated_at=NOW + 65_000)
    assert set(rivals(desk)) == {"12.5", "50.25"}


def priced() -> Desk:
    """Return a desk with one product, for the same price on both sides."""
    desk = Desk()
    desk.show("keap", "product", "k5", THING | {"price.amount": "12.50"})
    desk.show("erp", "product", "e5", THING | {"unit_price": "12.50"})
    desk.marks()
    return desk


def rivals(desk: Desk) -> tuple[str | None, str | None]:
    """Return what won and what lost of the one conflict there was."""
    (entry,) = [entry for entry in desk.journal if entry.kind == "conflict"]
    return entry.won, entry.lost
