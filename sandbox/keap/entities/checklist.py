"""A stage's checklist: an opportunity does not leave the stage before its required items are done (SPEC names them; INFER).

No call of the API marks an item as done: people do, at Keap's screen (`PUT /_sandbox/checklist`).
"""

from typing import Any

from sandbox.keap.checks import boolean, integer, part, text
from sandbox.keap.entities.spec import Document
from sandbox.keap.errors import Refused
from sandbox.keap.storage import View

DONE = "done"  # Of an opportunity's document: stage id -> item id -> when it was done.
_ITEM = part({"description": text(255), "required": boolean, "order": integer(0)})


def checklist(value: Any) -> list[Document] | None:
    """Take CreateOpportunityStageChecklistItem[]; an item's id is its place."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise Refused("must be a list")
    items = [_ITEM(item) or {} for item in value]
    return [{"id": str(place), "description": "", "required": False, "order": place} | item for place, item in enumerate(items, start=1)]


def show_items(stage: Document, opportunity: Document, stage_id: str) -> list[Document]:
    """Show CheckListItemDetails[] of the stage an opportunity is in."""
    done = opportunity.get(DONE, {}).get(stage_id, {})
    return [
        {
            "id": int(item["id"]),
            "description": item["description"],
            "required": item["required"],
            "instance_id": int(item["id"]),
            "item_order": item["order"],
            "done_date": done.get(item["id"]),
        }
        for item in stage.get("checklist_items", ())
    ]


def hold_in_stage(old: Document, new: Document, view: View) -> None:
    """Refuse to let an opportunity leave a stage whose required items are not done."""
    if new["stage_id"] == old["stage_id"] or (stage := view.get("stages", old["stage_id"])) is None:
        return
    for item in show_items(stage.document, old, old["stage_id"]):
        if item["required"] and item["done_date"] is None:
            raise Refused(f"stage_id: the required checklist item {item['description']!r} of {stage.document['name']} is not done")
