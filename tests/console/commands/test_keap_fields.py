"""`keapsync keap fields`: what the mapping stands on is listed, and made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from sandbox.http.run import background
from sandbox.keap.server import build_app

Keapsync = Callable[..., Result]
TOKEN = "for-this-test"  # noqa: S105 - guards nothing
MODEL = "/rest/v2/companies/model"


@pytest.fixture
def keap() -> Iterator[httpx.Client]:
    """Serve a tenant as it is on the first day."""
    with background(build_app(token=TOKEN)) as url, httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.fixture
def config(keap: httpx.Client, tmp_path: Path) -> Path:
    """Name the tenant in a configuration of one connection."""
    path = tmp_path / "keapsync.yaml"
    side = f"{{url: '{keap.base_url}', token: {TOKEN}, per_second: 500}}"
    path.write_text(f"data_dir: {tmp_path}\nconnections:\n  main:\n    keap: {side}\n    erp: {{url: 'http://127.0.0.1:9', token: t}}\n")
    return path


def labels(keap: httpx.Client, entity: str = "companies") -> dict[str, str]:
    """Return an entity's custom fields with their types."""
    fields = keap.get(f"/rest/v2/{entity}/model").raise_for_status().json()["custom_fields"]
    assert len({field["label"] for field in fields}) == len(fields)
    return {field["label"]: field["field_type"] for field in fields}


def test_what_is_missing_is_listed_and_nothing_made(keap: httpx.Client, keapsync: Keapsync, config: Path):
    """The stamp's field is there in the sandbox."""
    said = keapsync("--config", config, "keap", "fields")
    assert said.exit_code == 0, said.output
    assert "main: 17 custom fields, 0 made, 14 missing" in said.stdout
    assert "`keapsync keap fields --create` makes them." in said.stdout
    assert labels(keap) == {"keapsync id": "TEXT"}


def test_missing_fields_are_made_once(keap: httpx.Client, keapsync: Keapsync, config: Path):
    """By the rows' types; the second time there is nothing to do."""
    said = keapsync("--config", config, "keap", "fields", "main", "--create")
    assert said.exit_code == 0, said.output
    assert "main: 17 custom fields, 14 made, 0 missing" in said.stdout
    assert labels(keap) == {
        "keapsync id": "TEXT",
        "Organization Number": "TEXT",
        "VAT Number": "TEXT",
        "ERP Customer Number": "TEXT",
        "Currency": "TEXT",
        "Payment Terms Days": "WHOLE_NUMBER",
        "Credit Limit": "DECIMAL_NUMBER",
        "ERP Active": "YES_NO",
    }
    assert labels(keap, "opportunities")["Order Total"] == "DECIMAL_NUMBER"
    again = keapsync("--config", config, "keap", "fields", "--create")
    assert (again.exit_code, "17 custom fields, 0 made, 0 missing" in again.stdout) == (0, True)
    assert len(labels(keap)) == 8


def test_the_stamps_field_is_made_too(keap: httpx.Client, keapsync: Keapsync, config: Path):
    """Without it no create is possible."""
    config.write_text(config.read_text().replace("per_second: 500}", "per_second: 500, stamp_field: twin}"))
    assert keapsync("--config", config, "keap", "fields", "--create").exit_code == 0
    assert all(labels(keap, entity)["twin"] == "TEXT" for entity in ("companies", "contacts", "opportunities"))


def test_a_refused_field_stops_no_other(keap: httpx.Client, keapsync: Keapsync, config: Path, tmp_path: Path):
    """Each with its reason, exit code 1; a label that differs in case only is not made beside the other."""
    keap.post(f"{MODEL}/customFields", json={"label": "vat  number", "field_type": "TEXT"}).raise_for_status()
    mapping = tmp_path / "mapping"
    mapping.mkdir()
    (mapping / "company.yaml").write_text(f"""\
rows:
  - {{keap: company_name, erp: name, type: text}}
  - {{keap: custom_fields.{"R" * 256}, erp: notes, type: text}}
  - {{keap: custom_fields.VAT Number, erp: vat_number, type: text, optional: true}}
  - {{keap: custom_fields.Credit Limit, erp: credit_limit, type: money, optional: true}}
match: [{{fields: [name]}}]
""")
    config.write_text(f"mapping_dir: {mapping}\n{config.read_text()}")
    said = keapsync("--config", config, "keap", "fields", "--create")
    assert said.exit_code == 1
    assert "label must not be longer than 255" in said.stderr
    assert "main: company 'VAT Number': the account has 'vat  number'" in said.stderr
    assert labels(keap) == {"keapsync id": "TEXT", "vat  number": "TEXT", "Credit Limit": "CURRENCY"}


def test_an_account_that_stops_answering_stops_the_making(keap: httpx.Client, keapsync: Keapsync, config: Path):
    """What was made stays made, and is found there the next time."""
    keap.put("/_sandbox/faults", json={"seed": 1, "error_after": 0.4, "methods": ["POST"]}).raise_for_status()
    said = keapsync("--config", config, "keap", "fields", "--create")
    assert said.exit_code == 1
    assert "more were not tried" in said.stderr
    keap.put("/_sandbox/faults", json={}).raise_for_status()
    assert keapsync("--config", config, "keap", "fields", "--create").exit_code == 0
    assert [len(labels(keap, entity)) for entity in ("companies", "contacts", "opportunities")] == [8, 2, 7]


def test_an_unknown_connection_is_named_with_those_there_are(keapsync: Keapsync, config: Path):
    """Nothing is asked of anybody."""
    said = keapsync("--config", config, "keap", "fields", "other")
    assert said.exit_code == 78
    assert "other is no connection; allowed: main" in said.stderr
