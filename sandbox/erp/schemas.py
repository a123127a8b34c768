"""JSON Schemas as the contract writes them, made flat: references followed, `allOf` merged into one object schema."""

from typing import Any

Schema = dict[str, Any]


class Schemas:
    """The schemas of one OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Follow `$ref`, if it is one; keywords beside it win."""
        if "$ref" not in node:
            return node
        target: Any = self._document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return {**self.resolve(target), **{key: value for key, value in node.items() if key != "$ref"}}

    def flat(self, schema: Schema) -> Schema:
        """Return an equal schema with no `$ref`, no `allOf` and no `unevaluatedProperties` in it."""
        schema = dict(self.resolve(schema))
        properties: Schema = {}
        required: list[str] = []
        for part in [*(self.flat(part) for part in schema.pop("allOf", ())), schema]:
            properties |= part.get("properties", {})
            required += part.get("required", ())
            schema = {**part, **schema}
        if properties:
            schema["properties"] = {name: self.flat(inner) for name, inner in properties.items()}
        if required:
            schema["required"] = required
        if "items" in schema:
            schema["items"] = self.flat(schema["items"])
        if "anyOf" in schema:
            schema["anyOf"] = [self.flat(inner) for inner in schema["anyOf"]]
        if "unevaluatedProperties" in schema:
            schema["additionalProperties"] = schema.pop("unevaluatedProperties")
        return schema

    def read_only(self, page: Schema) -> frozenset[str]:
        """Name the properties of a page's records that clients never write."""
        record = self.flat(page)["properties"]["items"]["items"]
        return frozenset(name for name, schema in record["properties"].items() if schema.get("readOnly"))
