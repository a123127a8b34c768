"""Links and records as the core leaves them."""

from __future__ import annotations

import uuid

from schemas.flows import Flow, Value
from schemas.records import Command
from streams.sync.state import Agreed, Link, Pending, SideState, State


def link(
    connection: str,
    *,
    flow: Flow = "contact",
    state: State = "linked",
    keap: str | None = None,
    erp: str | None = None,
    **agreed: Value,
) -> Link:
    """A link of two records, either of which may be missing, with what is agreed."""
    return Link(
        id=str(uuid.uuid4()),
        connection=connection,
        flow=flow,
        state=state,
        agreed={name: Agreed(value, 1, 1_790_000_000_000, "keap") for name, value in agreed.items()},
        keap=SideState(id=keap),
        erp=SideState(id=erp),
    )


def in_flight(pair: Link, issued_at: int) -> Link:
    """Put an update of the ERP record into flight."""
    command = Command(
        id=str(uuid.uuid4()),
        connection=pair.connection,
        link=pair.id,
        seq=1,
        side="erp",
        entity="contact",
        op="update",
        fields={"first_name": "Ann"},
        expect={},
        issued_at=issued_at,
        cause="keap/contact/1 poll",
        target=pair.erp.id,
    )
    pair.erp.pending = Pending(command, {"first_name": 1})
    return pair
