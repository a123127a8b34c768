"""Checklists of stages: an opportunity stays where it is until the required items are done."""

from __future__ import annotations

import httpx

from tests.sandbox.keap.api import V2, create, opportunity, patch, read, refusal

STAGE = {"name": "Trial", "order": 9, "target_number_days": 14, "probability": 30}
ITEMS = [{"description": "Call back", "required": True}, {"description": "Thank"}]


def test_a_required_item_holds_an_opportunity_in_its_stage(keap: httpx.Client) -> None:
    """Until a person marks it as done; other properties can be changed, other items do not matter."""
    stage = create(keap, "opportunities/stages", {**STAGE, "checklist_items": ITEMS})
    deal = opportunity(keap, stage_id=stage["id"])
    assert "'Call back' of Trial is not done" in refusal(keap.patch(f"{V2}/opportunities/{deal}", json={"stage_id": "4"}))
    patch(keap, f"opportunities/{deal}", {"opportunity_notes": "x"})
    keap.put("/_sandbox/checklist", json={"opportunity": deal, "items": ["1"]}).raise_for_status()
    assert patch(keap, f"opportunities/{deal}", {"stage_id": "4"})["stage"]["id"] == "4"


def test_items_are_shown_with_their_stage_and_done_with_their_opportunity(keap: httpx.Client) -> None:
    """By id only; a list leaves the details out."""
    stage = create(keap, "opportunities/stages", {**STAGE, "checklist_items": ITEMS})
    assert [(one["id"], one["required"], one["order"]) for one in stage["checklist_items"]] == [("1", True, 1), ("2", False, 2)]
    deal = opportunity(keap, stage_id=stage["id"])
    keap.put("/_sandbox/checklist", json={"opportunity": deal, "items": ["2"]}).raise_for_status()
    shown = read(keap, f"opportunities/{deal}")["stage"]["details"]["checklist_items"]
    assert [(one["id"], one["done_date"] is None) for one in shown] == [(1, True), (2, False)]
    assert keap.put("/_sandbox/checklist", json={"opportunity": "0", "items": []}).status_code == 404
