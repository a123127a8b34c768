"""Opportunities (SPEC, 2.4): read with contact, stage and user nested, written with their ids flat."""

from typing import Any

from sandbox.keap import filters
from sandbox.keap.checks import instant, number, reference, switch, text
from sandbox.keap.entities.checklist import hold_in_stage, show_items
from sandbox.keap.entities.customs import CUSTOM_FIELDS
from sandbox.keap.entities.spec import RECORD_ID, Document, Entity, Property, Reading, constant, created, shown, updated, written
from sandbox.keap.errors import Refused
from sandbox.keap.storage import Row


def _of_contact(path: str) -> str:
    return (
        f"(SELECT c.document ->> '$.{path}' FROM contacts AS c "  # noqa: S608 -- paths from below
        "WHERE c.id = CAST(opportunities.document ->> '$.contact_id' AS INTEGER) AND c.live_to IS NULL)"
    )


def _show_contact(row: Row, reading: Reading) -> Document:
    contact_id = row.document["contact_id"]
    contact = reading.view.get("contacts", contact_id)
    if contact is None:
        return {"id": contact_id}
    of = contact.document
    company = reading.view.get("companies", of.get("company", ""))
    address = of.get("addresses", {}).get("BILLING", {})
    return {
        "id": contact_id,
        "email": of.get("email_addresses", {}).get("EMAIL1", {}).get("email"),
        "first_name": of.get("given_name"),
        "last_name": of.get("family_name"),
        "job_title": of.get("job_title"),
        "phone_number": of.get("phone_numbers", {}).get("PHONE1", {}).get("number"),
        "company_name": company.document["company_name"] if company else None,
        "city": address.get("locality"),
        "state": address.get("region"),
    }


def _show_stage(row: Row, reading: Reading) -> Document:
    """The stage's name, and its details only when the opportunity was asked for alone."""
    stage = reading.view.get("stages", row.document["stage_id"])
    short = {"id": row.document["stage_id"], "name": stage.document["name"] if stage else None}
    if stage is None or not reading.alone:
        return short
    details = {
        "probability": stage.document["probability"],
        "stage_order": stage.document["order"],
        "target_num_days": stage.document["target_number_days"],
        "checklist_items": show_items(stage.document, row.document, row.document["stage_id"]),
    }
    return {**short, "details": details, "reasons": []}


def _show_user(row: Row, reading: Reading) -> Any:
    user = reading.view.get("users", row.document.get("user_id", ""))
    if user is None:
        return None
    return {"id": str(user.id), "first_name": user.document["given_name"], "last_name": user.document["family_name"]}


def _affiliate(value: Any) -> str | None:
    """A valid id, or none at all: what reads show where there is none is refused (infusionsoft-php #195). The sandbox has no affiliates."""
    if value is None or value == "":
        return None
    raise Refused(f"there is no affiliate {value}")


def _flat(*, required: bool) -> Property:
    return Property(reference, reference, required=required)


OPPORTUNITY = Entity(
    kind="Opportunity",
    plural="opportunities",
    path="opportunities",
    id_space="opportunity",
    properties={
        "id": RECORD_ID,
        "opportunity_title": written("opportunity_title", text(255), required=True),
        "contact": shown(_show_contact),
        "contact_id": _flat(required=True),
        "stage": shown(_show_stage),
        "stage_id": _flat(required=True),
        "user": shown(_show_user),
        "user_id": _flat(required=False),
        "next_action_time": written("next_action_time", instant),
        "next_action_notes": written("next_action_notes", text(65535)),
        "opportunity_notes": written("opportunity_notes", text(65535)),
        "estimated_close_time": written("estimated_close_time", instant),
        "include_in_forecast": written("include_in_forecast", switch),
        "projected_revenue_low": written("projected_revenue_low", number),
        "projected_revenue_high": written("projected_revenue_high", number),
        "affiliate_id": written("affiliate_id", _affiliate, unset=0),  # a number where there is none (OBS)
        "lead_source": constant(None),
        "custom_fields": CUSTOM_FIELDS,
        "status_id": constant(None, optional=True),
        "created_by": shown(lambda row, _: row.created_by, optional=True),
        "last_updated_by": shown(lambda row, _: row.updated_by, optional=True),
        "created_time": created(),
        "last_updated_time": updated(),
    },
    filters={
        "opportunity_title": filters.prefix("document ->> '$.opportunity_title'"),
        "contact_id": filters.identifier("document ->> '$.contact_id'"),
        "stage_id": filters.identifier("document ->> '$.stage_id'"),
        "user_id": filters.identifier("document ->> '$.user_id'"),
        "affiliate_id": filters.identifier("document ->> '$.affiliate_id'"),
        "opportunity_id": filters.compared("id"),
        "ids": filters.id_set(100),
        "contact_phone": filters.prefix(_of_contact("phone_numbers.PHONE1.number")),
        "contact_city": filters.prefix(_of_contact("addresses.BILLING.locality")),
        "contact_state": filters.prefix(_of_contact("addresses.BILLING.region")),
        "projected_revenue_low": filters.compared("document ->> '$.projected_revenue_low'", float),
        "projected_revenue_high": filters.compared("document ->> '$.projected_revenue_high'", float),
    },
    filters_apart=(frozenset({"opportunity_id", "ids"}),),
    # No key `id` is documented: without order_by they come by id.
    orders={
        "": "id",
        "next_action_time": "ifnull(document ->> '$.next_action_time', '')",
        "contact_name": f"lower(ifnull({_of_contact('family_name')}, ''))",
        "opportunity_title": "lower(document ->> '$.opportunity_title')",
        "created_time": "created_s",
        "update_time": "updated_s",
    },
    indexed=("document ->> '$.contact_id'",),
    permit=hold_in_stage,
    owner="user_id",
    settle=lambda document: {"include_in_forecast": False, **document},
    references={"contact_id": "contacts", "stage_id": "stages", "user_id": "users"},
    custom_fields=True,
)
