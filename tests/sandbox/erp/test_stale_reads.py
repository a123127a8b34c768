"""Reading the table as it was."""

from dataclasses import replace

import pytest

from sandbox.erp import records
from sandbox.erp.database import open_database
from sandbox.erp.records import Record, Records, Wanted


def test_each_instant_shows_what_was_stored_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it was made there is nothing; then each version in turn, by id and by look-up."""
    table = Records(open_database(None))
    record = Record("products", "pr-1", None, 1, 0, 0, "api", None, {"name": "x", "sku": "1"})
    states = [replace(record, version=n + 1, body={"name": "x", "sku": str(n)}) for n in range(3)]
    for n, state in enumerate(states):
        monkeypatch.setattr(records, "now", lambda n=n: 1000 + n * 100)
        (table.replace if n else table.insert)(state)

    assert table.get("products", "pr-1", as_of=999) is None
    for as_of, n in ((1000, 0), (1099, 0), (1100, 1), (1250, 2)):
        assert table.get("products", "pr-1", as_of) == states[n]
        assert table.page("products", Wanted(10, equal={"sku": str(n)}), as_of) == [states[n]]
    assert table.get("products", "pr-1") == states[2]
