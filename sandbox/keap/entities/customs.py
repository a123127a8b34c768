"""The property `custom_fields` of entities with a model: every defined field is listed, null where unset (OBS)."""

from typing import Any

from sandbox.keap.entities.spec import Property, Reading
from sandbox.keap.entities.values import custom_values
from sandbox.keap.storage import Row, View

TABLE = "custom_fields"


def defined(view: View, plural: str) -> list[Row]:
    """The fields of an entity's model, by id."""
    return [row for row in view.whole(TABLE) if row.document["entity"] == plural]


def _show(row: Row, reading: Reading) -> list[dict[str, Any]]:
    contents = row.document.get("custom_fields", {})
    return [{"id": str(each.id), "content": contents.get(str(each.id))} for each in defined(reading.view, reading.plural)]


CUSTOM_FIELDS = Property(custom_values, custom_values, _show, optional=True)
