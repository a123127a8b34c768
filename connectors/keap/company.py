"""Companies: one e-mail, phone, fax and address each. No order by change time, but a filter."""

from __future__ import annotations

from connectors.keap.address import Address
from connectors.keap.custom_fields import CustomFields
from connectors.keap.entity import Entity
from connectors.keap.scalars import text
from connectors.keap.shapes import COMPANY_PHONE, EMAIL, FAX
from connectors.keap.slots import Single

COMPANY = Entity(
    flow="company",
    plural="companies",
    parts=(
        *text("company_name", "website", "notes"),
        Single("email_address", EMAIL),
        Single("phone_number", COMPANY_PHONE),
        Single("fax_number", FAX),
        Single("address", Address()),
        CustomFields(),
    ),
    fields="all",
    created="create_time",
    updated="update_time",
    meta=("last_updated_by",),
    id_filter="company_id",
    since_filter="since_time",
    by_id="id asc",
    by_create="create_time desc",
)
