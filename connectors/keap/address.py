"""Addresses: one name each for region and postal code, whichever of Keap's several properties holds them.

* `region_code` travels; where the record has only the deprecated long name, `region` travels under the same name.
* `zip_code` (US, digits) with `zip_four` stands *instead of* `postal_code` (Keap's v1 rule).
"""

from __future__ import annotations

import re
from typing import Final

from connectors.jsonbytes import Json
from connectors.keap.shapes import settled
from schemas.flows import Fields, Value

_ISO_3166_2: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_ZIP: Final = re.compile(r"(\d{5})(?:-(\d{4}))?")
_REGION: Final = ("region", "region_code")
_POSTAL: Final = ("postal_code", "zip_code", "zip_four")


class Address:
    """The shape of an address."""

    keys: Final = ("line1", "line2", "locality", "region_code", "postal_code", "country_code")
    _writable: Final = ("line1", "line2", "locality", "country_code", *_REGION, *_POSTAL)

    def read(self, item: Json) -> Fields:
        """Return every key, None where unset."""
        plain = {key: item.get(key) or None for key in self.keys}
        return {**plain, "region_code": _read_region(item), "postal_code": _read_postal(item)}

    def merge(self, item: Json, changes: Fields) -> Json | None:
        """Return the address to be sent, None when it is empty. `country_code` goes with it: a region needs it."""
        merged = {key: item[key] for key in self._writable if item.get(key)}
        if "region_code" in changes:
            merged = _without(merged, _REGION) | _region(changes["region_code"])
        if "postal_code" in changes:
            merged = _without(merged, _POSTAL) | _postal(changes["postal_code"], as_zip="zip_code" in merged)
        others = {key: value for key, value in changes.items() if key not in ("region_code", "postal_code")}
        return settled({**merged, **others}, self._writable)


def _read_region(item: Json) -> Value:
    return item.get("region_code") or item.get("region") or None


def _read_postal(item: Json) -> Value:
    joined = "-".join(part for part in (item.get("zip_code"), item.get("zip_four")) if part)
    return joined or item.get("postal_code") or None


def _without(item: Json, keys: tuple[str, ...]) -> Json:
    return {key: value for key, value in item.items() if key not in keys}


def _region(value: Value) -> Json:
    return {"region_code" if _ISO_3166_2.fullmatch(str(value)) else "region": value}


def _postal(value: Value, *, as_zip: bool) -> Json:
    matched = _ZIP.fullmatch(str(value)) if as_zip else None
    return {"zip_code": matched[1], "zip_four": matched[2]} if matched else {"postal_code": value}
