"""A record is gone, perhaps merged into another: what is never guessed, and an operator's answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sync.desk import NOW, Desk
from tests.sync.merging import HOUR, desk_with, lose, merged, person, settled, survive, swept, two_pairs

# -- what is never guessed -------------------------------------------------------------------------------------------------------


def test_several_that_may_have_survived_are_not_chosen_among() -> None:
    """Two living contacts share the e-mail: review, with both."""
    desk = desk_with("delete")
    for record in ("k1", "k3"):
        desk.show("keap", "contact", record, person("Ada", "ada@x.example"), at=1_000)
    assert lose(desk) == []
    link = desk.link("e2")
    assert (link.state, link.candidates) == ("review", ["keap/contact/k1", "keap/contact/k3"])
    assert link.reason == "keap/contact/k2 is gone, and several may have taken its place"


def test_a_mailbox_of_two_people_tells_no_merge() -> None:
    """The last names differ: whether that was one person is for an operator to say."""
    desk = desk_with("delete")
    desk.show("keap", "contact", "k1", person("Bea", "ada@x.example", family_name="King"), at=1_000)
    assert lose(desk) == []
    assert (desk.link("e2").state, desk.link("e2").candidates) == ("review", ["keap/contact/k1"])
    assert desk.link("k1").erp.id is None


def test_a_name_alone_tells_no_merge() -> None:
    """A rule that holds only for unique keys says nothing of two records that share one."""
    desk = Desk()
    desk.show("keap", "company", "k2", {"company_name": "Acme"})
    desk.show("erp", "company", "e2", {"name": "Acme"})
    desk.marks()
    desk.show("keap", "company", "k1", {"company_name": "Acme"}, at=1_000)
    desk.feed(desk.change("keap", "company", "k2", HOUR, op="delete", fields={}, capture="reread", updated_at=None))
    assert desk.link("e2").state == "orphan"


@pytest.mark.parametrize("policy", ["deactivate", "delete"])
def test_a_deletion_is_carried_out_once_a_sweep_showed_no_survivor(policy: str) -> None:
    """Proved by a sweep: at once. Told by a hook or a refused write: after the next sweep that began later."""
    (at_once,) = lose(desk_with(policy))
    assert at_once.op == policy
    desk = desk_with(policy)
    assert lose(desk, capture="hook") == []
    assert desk.link("e2").gates == ["sweep/contact/keap"]
    assert swept(desk, HOUR) == []  # it began before
    (late,) = swept(desk, 2 * HOUR)
    assert (late.op, late.target) == (policy, "e2")


def test_a_new_record_under_the_old_key_is_no_survivor() -> None:
    """Made after the loss was proved: it waits in review, as ever."""
    desk = desk_with()
    lose(desk)
    desk.show("keap", "contact", "k9", person("Ada", "ada@x.example"), at=3 * HOUR, created_at=NOW + 2 * HOUR)
    assert (desk.link("e2").state, desk.link("k9").state) == ("orphan", "review")


def test_a_key_that_appears_days_later_is_no_merge() -> None:
    """A loss is looked at again for a day."""
    desk = two_pairs()
    lose(desk)
    desk.now += 25 * HOUR
    survive(desk, at=26 * HOUR)
    assert desk.link("e2").state == "orphan"


def test_a_record_an_operator_parted_takes_no_twin_by_itself() -> None:
    """Its owner said that it has none by rule: he is asked."""
    desk = two_pairs()
    survive(desk)
    desk.ask("unlink", link=desk.link("k1").id)
    lose(desk)
    assert desk.link("e2").reason == "keap/contact/k2 is gone, perhaps merged into keap/contact/k1"
    assert desk.link("k1").erp.id is None


# -- an operator's answers -------------------------------------------------------------------------------------------------------


def test_an_operator_ignores_the_twin_that_is_left() -> None:
    """It stays as it is, under a name."""
    desk = merged()
    assert desk.ask("ignore", ref="erp/contact/e2") == []
    assert desk.link("e2").state == "ignored"


def test_an_operator_gives_the_survivor_the_other_twin() -> None:
    """Unlink the survivor, link it to the loser's twin, named in either order; what refers to the loser refers to the pair."""
    for turned in (False, True):
        desk = merged()
        assert desk.ask("unlink", link=desk.link("k1").id) == []
        names = ["keap/contact/k1", "erp/contact/e2"]
        a, b = reversed(names) if turned else names
        settled(desk, desk.ask("link", a=a, b=b))
        link = desk.link("k1")
        assert (link.state, link.erp.id) == ("linked", "e2")
        assert "keap/contact/k2" in link.former
        settled(desk, desk.show("erp", "contact", "e2", desk.shown["e2"] | {"job_title": "Countess"}, at=HOUR))
        assert desk.commands[-1].fields == {"job_title": "Countess"}
        assert desk.show("keap", "contact", "k2", person("Ada", "ada@x.example"), at=30 * HOUR) == []
        assert desk.link("k2").state == "review"


def test_an_operator_parts_the_twin_from_the_lost_record() -> None:
    """The twin is a half in review, the lost record an orphan that nobody is asked about."""
    desk = merged()
    desk.ask("unlink", link=desk.link("e2").id)
    assert (desk.link("e2").state, desk.link("e2").keap.id, desk.link("k2").state) == ("review", None, "orphan")


def test_deleting_the_left_twin_ends_the_matter() -> None:
    """People merge in the ERP as well: both are gone, nobody is asked any more."""
    desk = merged()
    assert lose(desk, "e2", at=3 * HOUR, version=2 * NOW) == []
    assert desk.link("e2").state == "orphan"


def test_an_older_state_of_the_loser_leaves_the_review_as_it_is() -> None:
    """A replica that lags shows it once more; asked for, it is still gone, and that is no news."""
    desk = merged()
    (read,) = desk.show("keap", "contact", "k2", person("Ada", "ada@x.example"), at=HOUR + 1_000)
    before = len(desk.journal)
    assert desk.answer(read, "gone", id=None, record=None) == []
    assert (desk.link("e2").state, len(desk.journal)) == ("review", before)


def test_a_loser_that_returns_is_in_review() -> None:
    """Both records live, and nothing is written to either until an operator parts or joins them."""
    desk = merged()
    (read,) = desk.show("keap", "contact", "k2", person("Ada", "ada@x.example"), at=30 * HOUR)
    assert desk.answer(read, record=person("Ada", "ada@x.example")) == []
    assert (desk.link("k2").state, desk.link("k2").reason) == ("review", "keap/contact/k2 is back")
    assert desk.show("keap", "contact", "k2", person("Ada", "ada@x.example", job_title="Countess"), at=40 * HOUR) == []


def test_who_refers_to_a_survivor_stays_with_it_when_the_lost_record_is_back() -> None:
    """The deal named the lost contact when it was read first, and waited: its order is the survivor's."""
    desk = desk_with()
    desk.context = replace(desk.context, approve=frozenset({"opportunity"}))
    assert desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k2"}) == []
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=1_000)
    lose(desk)
    assert desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k1"}, at=60_000) == []
    desk.show("keap", "contact", "k2", person("Ada", "ada@x.example", job_title="new"), at=2 * HOUR)
    assert desk.link("k2").state == "review"
    (create,) = desk.ask("approve", flow="opportunity")
    assert create.fields["contact_id"] == "e2"
