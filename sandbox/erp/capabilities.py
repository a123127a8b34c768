"""What the ERP offers, with a switch for each, so that a poorer ERP can be played."""

from collections.abc import Collection
from typing import Final

from msgspec import Struct

from sandbox.erp.problems import Fault


class Capabilities(Struct, frozen=True, forbid_unknown_fields=True):
    """The switches; one that is off makes the ERP act as if it had never heard of the thing.

    Attributes:
        updated_since: Off: the parameter is ignored.
        versions: Off: records have no `version`, answers no `ETag`, and `If-Match` is ignored.
        idempotency: Off: `Idempotency-Key` is ignored.
        external_id: Off: an unknown property, shown nowhere and refused in bodies and queries.
        soft_delete: Off: a delete leaves nothing behind, and `include_deleted` is ignored.
        webhooks: Off: there is no such path. On: changes are delivered, to this machine only.
    """

    updated_since: bool = True
    versions: bool = True
    idempotency: bool = True
    external_id: bool = True
    soft_delete: bool = True
    webhooks: bool = True

    def unknown(self, names: Collection[str]) -> list[Fault]:
        """Blame the names that only a richer ERP knows."""
        return [Fault("external_id", "unknown", "is nothing this ERP knows")] if "external_id" in names and not self.external_id else []


ALL: Final = Capabilities.__struct_fields__
"""Their names."""
