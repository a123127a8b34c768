"""The tenant: its records and its settings, as they are on the first day."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.http.requestlog import RequestLog
from sandbox.keap.entities import ENTITIES, Entity
from sandbox.keap.entities.customs import TABLE as CUSTOM_FIELDS
from sandbox.keap.hooks import Hooks
from sandbox.keap.storage import Row, Store

API_USER = "API"  # Who writes, in created_by and last_updated_by, unless a request says that a person did.

_USERS = (
    {"given_name": "Sales", "family_name": "Desk", "email_address": "sales@example.com"},
    {"given_name": "Account", "family_name": "Manager", "email_address": "accounts@example.com"},
)
_STAGES = (("New Opportunity", 10), ("Qualifying", 25), ("Proposal", 50), ("Won", 100), ("Lost", 0))
STAMP_LABEL = "keapsync id"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One Keap account."""

    store: Store
    log: RequestLog
    hooks: Hooks

    def define_field(self, entity: Entity, document: dict[str, Any]) -> Row:
        """Add a custom field to an entity's model; call it inside a transaction."""
        return self.store.insert(CUSTOM_FIELDS, "custom_field", {"entity": entity.plural, **document}, API_USER)


def open_tenant(data: Path | None, prefix: str) -> Tenant:
    """Open the tenant kept in the file `data` (None: in memory), and furnish it when it is new."""
    tables = {entity.plural: entity.indexed for entity in ENTITIES}
    store = Store(data, {**tables, "users": (), CUSTOM_FIELDS: ()})
    tenant = Tenant(store, RequestLog(store.connection, prefix), Hooks(store.connection))
    if not store.view().whole("users"):
        with store.transaction():
            _furnish(tenant)
    return tenant


def _furnish(tenant: Tenant) -> None:
    for user in _USERS:
        tenant.store.insert("users", "user", user, API_USER)
    for order, (name, probability) in enumerate(_STAGES, start=1):
        stage = {"name": name, "order": order, "target_number_days": 14, "probability": probability}
        tenant.store.insert("stages", "stage", stage, API_USER)
    for entity in ENTITIES:
        if entity.custom_fields:
            tenant.define_field(entity, {"label": STAMP_LABEL, "field_type": "TEXT"})
