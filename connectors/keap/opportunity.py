"""Opportunities: read nested, written flat; no filter by time, and `fields=` only adds to what is shown anyway."""

from __future__ import annotations

from connectors.keap.custom_fields import CustomFields
from connectors.keap.entity import Entity
from connectors.keap.references import Reference, Stage
from connectors.keap.scalars import flags, instants, numbers, read_only, text

OPPORTUNITY = Entity(
    flow="opportunity",
    plural="opportunities",
    parts=(
        *text("opportunity_title", "opportunity_notes", "next_action_notes"),
        Reference("contact", lambda contact_id: {"contact_id": contact_id}),
        Stage(),
        *instants("estimated_close_time", "next_action_time"),
        *numbers("projected_revenue_high", "projected_revenue_low"),
        *flags("include_in_forecast"),
        *read_only(*instants("created_time")),
        CustomFields(),
    ),
    fields="added",
    created="created_time",
    updated="last_updated_time",
    meta=("last_updated_by",),
    id_filter="opportunity_id",
    by_update="update_time desc",
    by_create="created_time desc",
)
