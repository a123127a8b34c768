"""From the body of a write to the document that is stored; everything wrong with it is a 400.

Unknown properties are refused, and so are read-only ones that a client sends back.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.keap.checks import Check
from sandbox.keap.entities import Entity
from sandbox.keap.entities.customs import defined
from sandbox.keap.entities.spec import Document
from sandbox.keap.entities.values import content
from sandbox.keap.errors import Refused, bad_request
from sandbox.keap.storage import View


def create(entity: Entity, body: Any, view: View) -> Document:
    """Check the body of a POST and give the document of the new record."""
    taken = _taken(body, {name: each.create for name, each in entity.properties.items()})
    return _finished(entity, {}, taken, view, new=True)


def patch(entity: Entity, old: Document, body: Any, mask: frozenset[str] | None, view: View) -> Document:
    """Check the body of a PATCH and give the changed document.

    With a mask only its properties change, and one that the body lacks is cleared; without, all in the body change.
    """
    checks = {name: each.patch for name, each in entity.properties.items()}
    taken = _taken(body, checks)
    if mask is not None:
        cleared = {name: check(None) for name in mask if (check := checks[name])}
        taken = {**cleared, **{name: value for name, value in taken.items() if name in mask}}
    return _finished(entity, old, taken, view, new=False)


def _taken(body: Any, checks: Mapping[str, Check | None]) -> Document:
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object")
    taken = {}
    for name, value in body.items():
        check = checks.get(name)
        if check is None:
            raise bad_request(f"{name} is unknown or read-only", name)
        try:
            taken[name] = check(value)
        except Refused as refused:
            raise bad_request(f"{name} {refused}", name) from refused
    return taken


def _finished(entity: Entity, old: Document, taken: Document, view: View, *, new: bool) -> Document:
    document = {name: value for name, value in {**old, **taken}.items() if value is not None}
    for name, each in entity.properties.items():
        if each.required and name not in document:
            raise bad_request(f"{name} is required", name)
    _look_up(entity, taken, view)
    try:
        entity.verify(document) if new else entity.permit(old, document, view)
    except Refused as refused:
        raise bad_request(str(refused)) from refused
    return entity.settle(document)


def _look_up(entity: Entity, taken: Document, view: View) -> None:
    """Make sure that what is referenced exists."""
    for name, plural in entity.references.items():
        if taken.get(name) is not None and view.get(plural, taken[name]) is None:
            raise bad_request(f"{name}: there is no {taken[name]} in {plural}", name)
    if taken.get("custom_fields"):
        _check_contents(entity, taken["custom_fields"], view)


def _check_contents(entity: Entity, contents: Mapping[str, Any], view: View) -> None:
    fields = {str(row.id): row.document for row in defined(view, entity.plural)}
    for field_id, value in contents.items():
        if field_id not in fields:
            raise bad_request(f"custom_fields: there is no field {field_id} on a {entity.kind}", "custom_fields")
        try:
            content(fields[field_id]["field_type"])(value)
        except Refused as refused:
            raise bad_request(f"custom_fields: {fields[field_id]['label']} {refused}", "custom_fields") from refused
