"""Load the mapping of a connection: the four files that ship, each replaced whole by a file of the same name in the user's folder."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as ReadOnly
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from schemas.errors import ConfigurationError
from schemas.flows import FLOWS, Flow, Side
from streams.mapping.active import active, without
from streams.mapping.options import MappingOptions
from streams.mapping.parse import Context, Faults, Node, parse, read
from streams.mapping.parse.flow import names_of
from streams.mapping.rows import FlowMapping, Mapping

DEFAULTS: Final = Path(__file__).parent / "defaults"
Properties = ReadOnly[Flow, ReadOnly[Side, Collection[str]]]
"""Flow -> side -> the native paths a connector knows."""


def load_mapping(mapping_dir: Path | None, options: MappingOptions, properties: Properties | None = None) -> Mapping:
    """Return the mapping of all four flows, as far as it counts for the account (`active`); faults are looked for in every row.

    Args:
        mapping_dir: the user's folder, None for the defaults.
        options: what the connection's settings say.
        properties: what the connectors know; None leaves property names unchecked.

    Raises:
        ConfigurationError: every fault of every file, each as `file:line: what is allowed`.
    """
    if faults := _option_faults(options):
        # No value can be read without zones and a country.
        raise ConfigurationError(*faults)
    found = {flow: Faults(str(_path_of(flow, mapping_dir))) for flow in FLOWS}
    documents = {flow: document for flow in FLOWS if (document := _document(found[flow]))}
    names = {flow: names_of(document) for flow, document in documents.items()}
    mapping = {
        flow: parse(document, Context(flow, options, properties[flow] if properties else None, names))
        for flow, document in documents.items()
    }
    sentences = [sentence for one in found.values() for sentence in one.sentences()]
    if faults := [*_folder_faults(mapping_dir), *sentences]:
        raise ConfigurationError(*faults)
    return {flow: _counting(one, options) for flow, one in mapping.items()}


def _counting(mapping: FlowMapping, options: MappingOptions) -> FlowMapping:
    lacking, there = options.lacking.get(mapping.flow, ()), options.custom_fields
    mapping = without(mapping, [row for row in mapping.rows if row.optional and row.erp in lacking])
    return mapping if there is None else active(mapping, there.get(mapping.flow, ()))


def _document(faults: Faults) -> Node | None:
    try:
        text = Path(faults.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        faults.add(1, f"cannot be read as UTF-8: {error}")
        return None
    return read(text, faults)


def _path_of(flow: Flow, mapping_dir: Path | None) -> Path:
    own = mapping_dir / f"{flow}.yaml" if mapping_dir else None
    return own if own and own.is_file() else DEFAULTS / f"{flow}.yaml"


def _folder_faults(mapping_dir: Path | None) -> list[str]:
    """A file that would be ignored is a fault: `contacts.yaml` for `contact.yaml`."""
    if mapping_dir is None:
        return []
    if not mapping_dir.is_dir():
        return [f"mapping_dir: {mapping_dir} is no folder"]
    allowed = [f"{flow}.yaml" for flow in FLOWS]
    given = sorted(path for path in mapping_dir.iterdir() if path.suffix in (".yaml", ".yml"))
    return [f"{path}:1: unknown flow; allowed: {', '.join(allowed)}" for path in given if path.name not in allowed]


def _option_faults(options: MappingOptions) -> list[str]:
    faults = []
    for name, zone in (("keap.time_zone", options.keap_zone), ("erp.time_zone", options.erp_zone)):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            faults.append(f"{name}: `{zone}` is no time zone; allowed: IANA names such as Europe/Berlin")
    if options.default_country not in phonenumbers.SUPPORTED_REGIONS:
        faults.append(f"default_country: `{options.default_country}` is no country; allowed: ISO 3166 alpha-2 such as US")
    return faults
