"""Opportunity stages (SPEC, 2.5)."""

from sandbox.keap.checks import integer, text
from sandbox.keap.entities.checklist import checklist
from sandbox.keap.entities.spec import RECORD_ID, Entity, created, updated, written

_INT32 = 2**31 - 1

STAGE = Entity(
    kind="Opportunity Stage",
    plural="stages",
    path="opportunities/stages",
    id_space="stage",
    properties={
        "id": RECORD_ID,
        "name": written("name", text(255), required=True),
        "order": written("order", integer(0, _INT32), required=True),
        "target_number_days": written("target_number_days", integer(0, _INT32), required=True),
        "probability": written("probability", integer(0, 100), required=True),
        "checklist_items": written("checklist_items", checklist, unset=[]),
        "created_time": created(),
        "updated_time": updated(),
    },
    has_fields=False,
    orders={"": "id", "stage_order": "CAST(document ->> '$.order' AS INTEGER)"},
)
