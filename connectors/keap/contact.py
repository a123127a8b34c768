"""Contacts: lists by slot, a link to a company, and next to nothing shown unless it is asked for."""

from __future__ import annotations

from connectors.keap.address import Address
from connectors.keap.custom_fields import CustomFields
from connectors.keap.entity import Entity
from connectors.keap.references import Reference
from connectors.keap.scalars import days, text
from connectors.keap.shapes import EMAIL, FAX, PHONE
from connectors.keap.slots import Slots

CONTACT = Entity(
    flow="contact",
    plural="contacts",
    parts=(
        *text("given_name", "family_name", "middle_name", "prefix", "suffix", "preferred_name", "job_title"),
        Slots("email_addresses", ("EMAIL1", "EMAIL2", "EMAIL3"), EMAIL),
        Slots("phone_numbers", ("PHONE1", "PHONE2", "PHONE3"), PHONE, {"PHONE1": {"type": "Work"}, "PHONE2": {"type": "Mobile"}}),
        Slots("fax_numbers", ("FAX1",), FAX),
        Slots("addresses", ("BILLING", "SHIPPING"), Address()),
        # How a company is unlinked is undocumented; an explicit null is the usual reading.
        Reference("company", lambda company_id: {"company": company_id and {"id": company_id}}),
        *days("birth_date"),
        *text("website", "preferred_locale", "time_zone", "contact_type"),
        CustomFields(),
    ),
    fields="all",
    created="create_time",
    updated="update_time",
    meta=("last_updated_by",),
    id_filter="contact_id",
    since_filter="start_update_time",
    by_id="id asc",
    by_update="update_time desc",
    by_create="create_time desc",
)
