"""What people called a record is shown as it stands, whatever it looks like to the terminal's markup."""

from __future__ import annotations

import pytest

from console.show import console, table
from console.views.link import print_link
from tests.console.samples import link

NAMES = ("[/red]", "[bold]Ann", "a[/]b", ":heart:")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_a_table_is_shown_as_it_stands(name: str, capsys: pytest.CaptureFixture[str]):
    """One record's name must not end the list of all."""
    rows = table("name")
    rows.add_row(name)
    console().print(rows)
    assert name in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_name_on_a_pairs_page_is_shown_as_it_stands(name: str, capsys: pytest.CaptureFixture[str]):
    """In its heading and among its values."""
    print_link(link("main", keap="1", first_name=name))
    assert capsys.readouterr().out.count(name) == 2
