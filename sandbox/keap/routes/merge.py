"""`POST /contacts:merge`: two contacts become one. The duplicate's id is gone for good; what pointed to it points to the other.

Which properties survive is undocumented; here the contact keeps its own and takes from the duplicate what it lacks. No hook says
"merged": the duplicate is just not there any more (SPEC2 names the call, the vendor's help what it does).
"""

import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.keap.entities import CONTACT, OPPORTUNITY
from sandbox.keap.errors import bad_request, not_found
from sandbox.keap.storage import Row, View
from sandbox.keap.tenant import API_USER, Tenant


@dataclass(frozen=True, slots=True)
class Merge:
    """The call, of one tenant."""

    tenant: Tenant

    def routes(self, prefix: str) -> list[Route]:
        """Its URL."""
        return [Route(f"{prefix}/contacts:merge", self.merge, methods=["POST"])]

    async def merge(self, request: Request) -> Response:
        """Merge `duplicate_contact_id` into `contact_id`, 200; 404 when either is not there."""
        try:
            body = json.loads(await request.body())
            kept_id, duplicate_id = str(body["contact_id"]), str(body["duplicate_contact_id"])
        except (ValueError, LookupError, TypeError) as error:
            raise bad_request("contact_id and duplicate_contact_id are required") from error
        if kept_id == duplicate_id:
            raise bad_request("A contact cannot be merged with itself", "duplicate_contact_id")
        by, store = request.headers.get("x-sandbox-user", API_USER), self.tenant.store
        with store.transaction():
            view = store.view()
            kept, duplicate = _find(view, kept_id), _find(view, duplicate_id)
            store.update(CONTACT.plural, kept, {**duplicate.document, **kept.document}, by)
            store.delete(CONTACT.plural, duplicate.id)
            moved = view.select(OPPORTUNITY.plural, "document ->> '$.contact_id' = ?", (duplicate_id,))
            for opportunity in moved:
                store.update(OPPORTUNITY.plural, opportunity, {**opportunity.document, "contact_id": kept_id}, by)
            self.tenant.log.committed(request, "contact", kept_id)
        self.tenant.hooks.announce(CONTACT.kind, "edit", kept.id)
        for opportunity in moved:
            self.tenant.hooks.announce(OPPORTUNITY.kind, "edit", opportunity.id)
        return JSONResponse({"id": kept_id})


def _find(view: View, record_id: str) -> Row:
    row = view.get(CONTACT.plural, record_id)
    if row is None:
        raise not_found(CONTACT.kind, record_id)
    return row
