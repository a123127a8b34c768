"""What the schemas cannot say: references exist, and an order belongs to its contact's customer."""

from collections.abc import Collection

from sandbox.erp.contract import Entity
from sandbox.erp.problems import Fault
from sandbox.erp.records import Body, Records


def follow_contact(records: Records, entity: Entity, patch: Body, body: Body) -> Body:
    """Give an order that moves to another contact, and names no customer, that contact's customer."""
    if entity.name != "orders" or "contact_id" not in patch or "customer_id" in patch:
        return body
    moved = {name: value for name, value in body.items() if name != "customer_id"}
    customer = _customer_of(records, body["contact_id"])
    return moved if customer is None else moved | {"customer_id": customer}


def find_faults(records: Records, entity: Entity, body: Body, changed: Collection[str]) -> list[Fault]:
    """Check the references among the changed properties of a body in its stored form."""
    faults = []
    for name in entity.references.keys() & set(changed) & body.keys():
        found = records.get(entity.references[name], body[name])
        if found is None or found.deleted_at is not None:
            faults.append(Fault(name, "reference", f"there is no {body[name]!r} among the {entity.references[name]}"))
    if not faults and entity.name == "orders" and {"contact_id", "customer_id"} & set(changed):
        faults += _customer_faults(records, body)
    return faults


def _customer_faults(records: Records, body: Body) -> list[Fault]:
    customer, given = _customer_of(records, body["contact_id"]), body.get("customer_id")
    if customer is None or given == customer:
        return []
    if given is None:
        return [Fault("customer_id", "required", f"the contact has a customer, {customer!r}")]
    return [Fault("customer_id", "mismatch", f"the contact's customer is {customer!r}")]


def _customer_of(records: Records, contact_id: str) -> str | None:
    contact = records.get("contacts", contact_id)
    return None if contact is None else contact.body.get("customer_id")
