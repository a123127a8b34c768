"""Records in review come in groups: all that may be the same, once."""

from __future__ import annotations

from console.views.review import groups
from streams.sync.state import Link
from tests.console.samples import link


def doubtful(connection: str, keap: str | None, erp: str | None, *candidates: str) -> Link:
    """A link in review."""
    made = link(connection, state="review", keap=keap, erp=erp, email="a@example.com")
    made.candidates, made.reason = list(candidates), "several records share email"
    return made


def test_links_that_share_a_candidate_are_one_group():
    """Two Keap contacts and the ERP contact either could be."""
    one = doubtful("main", "1", None, "erp/contact/9", "keap/contact/2")
    two = doubtful("main", "2", None, "erp/contact/9")
    (group,) = groups([one, two])
    assert [ref for ref, _, _ in group.rows] == ["erp/contact/9", "keap/contact/1", "keap/contact/2"]
    assert group.rows[0][2] == "a candidate"


def test_a_link_between_two_groups_joins_them():
    """Whoever came first."""
    first, last = doubtful("main", "1", None, "erp/contact/8"), doubtful("main", "2", None, "erp/contact/9")
    between = doubtful("main", "3", None, "erp/contact/8", "erp/contact/9")
    assert len(groups([first, last, between])) == 1


def test_others_stay_apart():
    """Other records, other connections."""
    one = doubtful("main", "1", None, "erp/contact/9")
    assert len(groups([one, doubtful("main", "5", None, "erp/contact/6")])) == 2
    assert len(groups([one, doubtful("other", "1", None, "erp/contact/9")])) == 2
