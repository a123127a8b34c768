"""Hard cases of Keap's API that belong to no other file; docs/keap.md lists them all, each with its test."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.keap import KeapConnector
from connectors.keap.filters import equals
from connectors.keap.hooks import KeapHooks
from connectors.keap.properties import PROPERTIES
from connectors.times import to_ms, to_text
from sandbox.keap.entities.zones import ZONES
from sandbox.keap.gateway import PERSON, PERSONAL_TOKEN
from schemas.errors import GoneError, RejectedError
from streams.mapping.converters.time_zone import KEAP_ZONES
from tests.capture.conftest import Poller
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant
from tests.sync.desk import PERSON as ADA
from tests.sync.desk import TWIN, Desk, pair

MAIL = {"field": "EMAIL1", "email": "ada@x.example"}
PHONE = {"phone_numbers": [{"field": "PHONE1", "number": "1"}]}


def test_a_time_zone_outside_keaps_list_is_one_dead_letter_and_holds_no_other_field_back(tenant: Tenant, keap: KeapConnector, run: Run):
    """2.2. Keap refuses the record whole for it; so it is told before the call, and the rest is written."""
    with pytest.raises(RejectedError, match="'Europe/Stockholm' is not a supported time zone"):
        run(keap.create("contact", {**ADA, "time_zone": "Europe/Stockholm"}, stamp=None, key="k"))
    desk = Desk()
    desk.marks()
    (create,) = desk.show("erp", "contact", "e1", {**TWIN, "time_zone": "Europe/Stockholm"})
    assert desk.refused == ["contact.time_zone: 'Europe/Stockholm' is none of the time zones that Keap takes"]
    made = run(keap.create("contact", create.fields, stamp=None, key="k"))
    assert (made.fields["family_name"], made.fields["time_zone"]) == ("Byron", None)


def test_the_mapping_and_the_simulator_know_one_list_of_time_zones():
    """2.2. Of a name that only one has, either too much is refused or too little."""
    assert KEAP_ZONES == ZONES


def test_a_linked_contact_gets_its_other_edits_beside_such_a_time_zone(tenant: Tenant, keap: KeapConnector, run: Run):
    """2.2. One that Keap has is written again."""
    desk = Desk()
    pair(desk)
    (edit,) = desk.show("erp", "contact", "e1", {**TWIN, "time_zone": "Mars/Olympus", "job_title": "Countess"}, at=60_000)
    assert edit.fields == {"job_title": "Countess"}
    assert len(desk.refused) == 1
    desk.answer(edit, record={**ADA, "job_title": "Countess"})
    (zone,) = desk.show("erp", "contact", "e1", {**TWIN, "time_zone": "Europe/Berlin", "job_title": "Countess"}, at=120_000)
    assert zone.fields == {"time_zone": "Europe/Berlin"}
    made = run(keap.create("contact", ADA, stamp=None, key="k"))
    assert run(keap.update("contact", made, zone.fields)).fields["time_zone"] == "Europe/Berlin"


def test_a_stage_move_that_a_checklist_blocks_is_refused_in_keaps_words_and_goes_once_it_is_done(
    tenant: Tenant, keap: KeapConnector, run: Run
):
    """2.4. No call of the API marks an item as done: a person does. Nothing of the refused call was written."""
    (contact,) = tenant.seed(contacts=[PHONE])["contacts"]
    tenant.edit("opportunities/stages/1", checklist_items=[{"description": "Call back", "required": True}, {"description": "Thank"}])
    fields = {"opportunity_title": "Engine", "contact.id": contact, "stage.name": "New Opportunity"}
    base = run(keap.get("opportunity", run(keap.create("opportunity", fields, stamp=None, key="k")).id))
    with pytest.raises(RejectedError, match="required checklist item 'Call back' of New Opportunity is not done"):
        run(keap.update("opportunity", base, {"stage.name": "Won", "opportunity_title": "Engine no. 2"}))
    assert run(keap.get("opportunity", base.id)).fields == base.fields
    assert run(keap.update("opportunity", base, {"opportunity_title": "Engine no. 3"})).fields["stage.name"] == "New Opportunity"
    tenant.put("checklist", opportunity=base.id, items=["1"])
    assert run(keap.update("opportunity", base, {"stage.name": "Won"})).fields["stage.name"] == "Won"


def test_what_products_have_beside_themselves_is_carried_by_no_flow():
    """2.7. Options, plans and order items are resources of their own, whose amounts change units between read and write."""
    foreign = ("options", "subscription_plans", "inventory", "categories", "order_items")
    assert [name for names in PROPERTIES.values() for name in names if name.startswith(foreign)] == []


def test_of_two_custom_fields_with_one_label_the_first_by_id_counts(tenant: Tenant, keap: KeapConnector, run: Run):
    """2.8. By the number: 9 comes before 10. The other one keeps what it has."""
    ids = []
    while "10" not in ids:
        body = {"label": "Twice" if ids[-1:] == ["8"] or ids[-1:] == ["9"] else f"Other {len(ids)}", "field_type": "TEXT"}
        ids.append(tenant.http.post("/rest/v2/companies/model/customFields", json=body).raise_for_status().json()["id"])
    held = [{"id": "9", "content": "nine"}, {"id": "10", "content": "ten"}]
    (company,) = tenant.seed(companies=[{"company_name": "C", "custom_fields": held}])["companies"]
    base = run(keap.get("company", company))
    assert base.fields["custom_fields.Twice"] == "nine"
    run(keap.update("company", base, {"custom_fields.Twice": "changed"}))
    shown = {one["id"]: one["content"] for one in tenant.show(f"companies/{company}", "custom_fields")["custom_fields"]}
    assert (shown["9"], shown["10"]) == ("changed", "ten")


def test_custom_fields_go_by_id_and_label_where_their_names_are_null(tenant: Tenant, keap: KeapConnector, run: Run):
    """2.8. So the model shows them, by a recording of 2025: field_name, record_type, group_id and options may be null."""
    (field,) = tenant.show("contacts/model")["custom_fields"]
    assert (field["field_name"], field["record_type"], field["group_id"], field["options"]) == (None, None, None, None)
    made = run(keap.create("contact", ADA, stamp="link-1", key="k"))
    assert tenant.show(f"contacts/{made.id}", "custom_fields")["custom_fields"] == [{"id": field["id"], "content": "link-1"}]


def test_a_bump_of_the_update_time_without_a_change_writes_nothing(tenant: Tenant, keap: KeapConnector, run: Run):
    """4. Tags, e-mail events, fields that nobody maps: the change is told, and comes to no command."""
    moment = to_ms("2026-03-01T10:00:00.000Z")
    person = {"given_name": "Ada", "family_name": "Byron", "email_addresses": [MAIL], "update_time": to_text(moment)}
    (id_,) = tenant.seed(contacts=[person])["contacts"]
    poller, desk = Poller(keap), Desk()
    run(poller.snapshot())
    (before,) = poller.changes
    desk.feed(before)
    desk.show("erp", "contact", "e1", TWIN)
    desk.marks()
    tenant.edit(f"contacts/{id_}", spouse_name="William")
    run(poller.poll(since=moment))
    bump = poller.changes[-1]
    assert (bump.updated_at or 0) > moment
    assert bump.fields == before.fields
    desk.feed(bump)
    assert desk.link(id_).state == "linked"
    assert [command for command in desk.commands if command.op != "read"] == []


def test_a_plus_in_a_filter_value_means_a_plus(tenant: Tenant, keap: KeapConnector, run: Run):
    """4. It is sent as %2B, for a bare one is a blank."""
    plus, blank = ([{"field": "EMAIL1", "email": f"ada{sign}b@example.com"}] for sign in ("+", " "))
    ids = tenant.seed(contacts=[{"email_addresses": plus}, {"email_addresses": blank}])["contacts"]
    answer = run(keap._api.call("GET", "contacts", params={"filter": "email==ada+b@example.com", "fields": "id"}))
    assert [one["id"] for one in answer.body["contacts"]] == ids[:1]


def test_a_product_with_a_plus_in_its_sku_is_found_without_a_filter(tenant: Tenant, keap: KeapConnector, run: Run):
    """4. Nothing can be escaped, so whatever is no letter or digit is not filtered by: what was made since is read instead."""
    product: dict[str, Any] = {"name": "G", "price": 1, "short_description": "g", "sku": "G+1"}
    made = tenant.seed(products=[product])["products"]
    assert equals("sku", "G+1") is None
    assert [record.id for record in run(keap.find_created("product", since=0, stamp=None, match={"sku": "G+1"}))] == made


def test_neither_a_read_nor_a_delete_carries_a_body(tenant: Tenant, keap: KeapConnector, hooks: KeapHooks, run: Run):
    """8. Keap answers one that does with an HTML 400; each of these calls passes."""
    refused = tenant.http.request("GET", "/rest/v2/contacts", json={})
    assert (refused.status_code, refused.headers["content-type"][:9]) == (400, "text/html")
    made = run(keap.create("contact", ADA, stamp=None, key="k"))
    assert run(keap.page("contact", since=None, cursor=None)).records[0].id == made.id
    assert run(keap.page("contact", since=0, cursor=None)).records[0].id == made.id
    assert run(keap.page("product", since=0, cursor=None)).records == ()
    assert run(keap.get("contact", made.id)).id == made.id
    assert run(keap.check()) == []
    run(keap.delete("contact", made))
    assert run(hooks.subscriptions()) == []
    key = tenant.http.post("/rest/v1/hooks", json={"eventKey": "contact.add", "hookUrl": "http://127.0.0.1:1/in"}).json()["key"]
    run(hooks.unsubscribe(key))


def test_an_affiliate_of_0_is_never_sent_back(tenant: Tenant, keap: KeapConnector, run: Run):
    """8. So it is shown where there is none, and a write that says so is refused."""
    (contact,) = tenant.seed(contacts=[PHONE])["contacts"]
    fields = {"opportunity_title": "Engine", "contact.id": contact, "stage.name": "Proposal"}
    base = run(keap.create("opportunity", fields, stamp=None, key="k"))
    assert tenant.show(f"opportunities/{base.id}")["affiliate_id"] == 0
    refused = tenant.http.patch(f"/rest/v2/opportunities/{base.id}", json={"affiliate_id": 0})
    assert (refused.status_code, "there is no affiliate 0" in refused.json()["message"]) == (400, True)
    assert run(keap.update("opportunity", base, {"opportunity_notes": "x"})).fields["opportunity_notes"] == "x"


def test_a_personal_token_hides_the_records_of_others(tenant: Tenant, run: Run):
    """8. Neither listed nor there by id, without a word: take a service account key."""
    own, others = tenant.seed(contacts=[{**PHONE, "owner_id": PERSON}, {**PHONE, "owner_id": "2"}])["contacts"]
    keap = KeapConnector(tenant.url, PERSONAL_TOKEN, per_second=10**6)
    assert [record.id for record in run(keap.page("contact", since=None, cursor=None)).records] == [own]
    assert run(keap.check()) == []
    with pytest.raises(GoneError):
        run(keap.get("contact", others))
    run(keap.close())
