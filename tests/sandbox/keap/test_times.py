"""Times of change: rounded up on reads, exact in answers to writes."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.sandbox.keap.api import company, contact, opportunity, patch, product, read

MOMENT = "2026-03-01T18:34:11.841Z"
SECOND_AFTER = "2026-03-01T18:34:12.000Z"


def seeded(keap: httpx.Client, **times: str) -> tuple[str, str]:
    """Add a contact and a company of given times."""
    seed = {"contacts": [{"phone_numbers": [{"number": "1"}], **times}], "companies": [{"company_name": "Old", **times}]}
    ids = keap.post("/_sandbox/seed", json=seed).raise_for_status().json()
    return ids["contacts"][0], ids["companies"][0]


def test_reads_round_up_to_the_second(keap: httpx.Client) -> None:
    """Alone and in lists."""
    contact_id, _ = seeded(keap, create_time=MOMENT, update_time=MOMENT)

    alone = read(keap, f"contacts/{contact_id}", fields="create_time,update_time")
    listed = read(keap, "contacts", filter=f"ids=={contact_id}", fields="update_time")["contacts"][0]

    assert alone == {"id": contact_id, "create_time": SECOND_AFTER, "update_time": SECOND_AFTER}
    assert listed["update_time"] == SECOND_AFTER


def test_a_whole_second_stays(keap: httpx.Client) -> None:
    """Up means the second at or after."""
    contact_id, _ = seeded(keap, update_time=SECOND_AFTER)

    assert read(keap, f"contacts/{contact_id}", fields="update_time")["update_time"] == SECOND_AFTER


def test_answers_to_writes_are_exact(keap: httpx.Client) -> None:
    """The read's time is the write's, rounded up."""
    path = f"contacts/{contact(keap)}"

    exact = datetime.fromisoformat(patch(keap, path, {"job_title": "Poet"}, fields="update_time")["update_time"])
    rounded = datetime.fromisoformat(read(keap, path, fields="update_time")["update_time"])

    assert timedelta(0) <= rounded - exact < timedelta(seconds=1)
    assert rounded.microsecond == 0
    assert abs(exact - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("since", "found"),
    [("2026-03-01T18:34:12.000Z", True), ("2026-03-01T19:34:12.000+01:00", True), ("2026-03-01T18:34:12.001Z", False)],
)
def test_filters_see_the_rounded_second_inclusively(keap: httpx.Client, since: str, found: bool) -> None:  # noqa: FBT001
    """`start_update_time` of contacts and `since_time` of companies: at or after."""
    contact_id, company_id = seeded(keap, update_time=MOMENT)

    contacts = read(keap, "contacts", filter=f"ids=={contact_id};start_update_time=={since}")["contacts"]
    companies = read(keap, "companies", filter=f"company_id=={company_id};since_time=={since}")["companies"]

    assert bool(contacts) is bool(companies) is found


def test_the_upper_end_is_inclusive_too(keap: httpx.Client) -> None:
    """`end_update_time` and `until_time`: at or before."""
    contact_id, company_id = seeded(keap, update_time=MOMENT)

    assert read(keap, "contacts", filter=f"ids=={contact_id};end_update_time=={SECOND_AFTER}")["contacts"]
    assert read(keap, "companies", filter=f"company_id=={company_id};until_time=={SECOND_AFTER}")["companies"]
    assert not read(keap, "contacts", filter=f"ids=={contact_id};end_update_time=={MOMENT}")["contacts"]


def test_each_entity_has_its_own_names_for_its_times(keap: httpx.Client) -> None:
    """Opportunities say created_time and last_updated_time, stages updated_time, the rest create_time and update_time."""
    assert {"created_time", "last_updated_time"} <= read(keap, f"opportunities/{opportunity(keap)}").keys()
    assert {"create_time", "update_time"} <= read(keap, f"products/{product(keap)}").keys()
    assert {"created_time", "updated_time"} <= read(keap, "opportunities/stages/1").keys()
    assert "update_time" in read(keap, f"companies/{company(keap)}", fields="update_time")


def test_who_changed_it_is_kept(keap: httpx.Client) -> None:
    """The API's user unless a request says that a person did it."""
    path = f"contacts/{contact(keap)}"
    keap.patch(f"/rest/v2/{path}", json={"job_title": "Poet"}, headers={"X-Sandbox-User": "Ada Byron"}).raise_for_status()

    shown = read(keap, path, fields="created_by,last_updated_by")

    assert (shown["created_by"], shown["last_updated_by"]) == ("API", "Ada Byron")
