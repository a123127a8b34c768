"""Records of one flow between the ERP's JSON and flat fields: `{"address": {"city": "Oslo"}}` and `billing_address.city`."""

from __future__ import annotations

from connectors.base import Record
from connectors.erp.profile.names import places
from connectors.erp.profile.places import at, put
from connectors.erp.profile.shape import Profile
from connectors.erp.profile.spell import read_time, read_value, write_value
from connectors.erp.properties import STAMP
from connectors.jsonbytes import Json
from schemas.errors import FatalError, RejectedError
from schemas.flows import Fields, Flow


class Form:
    """How one flow's records look."""

    def __init__(self, profile: Profile, flow: Flow) -> None:
        self._profile = profile
        self._flow = flow
        self._places = places(profile, flow)

    def record(self, raw: Json, *, versions: bool) -> Record:
        """Return a record as it is shown; raises FatalError when it has no id."""
        shown, values = self._profile.record, self._profile.values
        record_id = at(raw, shown.id)
        if record_id is None or record_id == "":
            raise FatalError(f"erp {self._profile.path(self._flow)}: a record without id")
        return Record(
            id=str(record_id),
            fields=self.flatten(raw),
            version=at(raw, shown.version) if versions else None,
            created_at=read_time(values, at(raw, shown.created_at)),
            updated_at=read_time(values, at(raw, shown.updated_at)),
            updated_by=at(raw, shown.updated_by),
            deleted=bool(at(raw, shown.deleted)),
            raw=raw,
        )

    def flatten(self, raw: Json) -> Fields:
        """Return every property of the flow, None where unset; what the profile does not name is left out."""
        return {name: read_value(self._profile.values, name, at(raw, place)) for name, place in self._places.items()}

    def nest(self, fields: Fields, stamp: str | None = None) -> Json:
        """Return the record that writes `fields`; None stays as null, which clears.

        Raises:
            RejectedError: the ERP has no such property, or it is read-only.
        """
        if unknown := fields.keys() - (self._places.keys() - {STAMP}):
            raise RejectedError(f"the ERP's {self._flow} has no writable property {', '.join(sorted(unknown))}")
        body: Json = {}
        for name, value in fields.items():
            put(body, self._places[name], write_value(self._profile.values, name, value))
        if stamp:
            put(body, self._places[STAMP], stamp)
        return body
