"""Words of a list, countries, languages, flags and whole numbers."""

from __future__ import annotations

import pytest

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.converters.country import country
from streams.mapping.converters.locale import locale
from streams.mapping.converters.plain_text import plain_text
from streams.mapping.converters.time_zone import time_zone
from streams.mapping.kinds.boolean import Boolean
from streams.mapping.kinds.enum import Enum
from streams.mapping.kinds.integer import Integer
from streams.mapping.kinds.text import Text
from streams.mapping.options import MappingOptions

STAGES = Enum({"New": ["new"], "Won": ["won", "invoiced"], "Signed": ["won"], "Lost": ["lost", "cancelled"]})
COUNTRY = country(Text(2), MappingOptions())
LOCALE = locale(Text(5), MappingOptions())
ZONE = time_zone(Text(60), MappingOptions())
HTML = plain_text(Text(), MappingOptions())


def test_the_first_of_several_is_written_and_all_are_equal():
    """Won writes `won`; `invoiced` stays what it is and is no edit of Won."""
    assert STAGES.write("erp", STAGES.read("keap", "Won")) == "won"
    assert STAGES.read("erp", "invoiced") == "invoiced"
    assert STAGES.write("keap", "invoiced") == "Won"
    assert STAGES.key("invoiced") == STAGES.key(STAGES.read("keap", "Won"))
    assert STAGES.key("invoiced") != STAGES.key("cancelled")


def test_two_keap_words_may_share_one():
    """Signed reads as `won`, and `won` is written as the first of its words."""
    assert STAGES.read("keap", "Signed") == "won"
    assert STAGES.write("keap", "won") == "Won"


def test_case_and_spaces_make_no_other_word():
    """` WON ` is Won."""
    assert STAGES.read("keap", " WON ") == "won"


def test_a_new_word_is_named():
    """An unmapped stage is a MappingError with the word and the known ones."""
    with pytest.raises(MappingError, match=r"'Stalled' is not in the row's values \(New, Won, Signed, Lost\)"):
        STAGES.read("keap", "Stalled")
    with pytest.raises(MappingError, match="'shipped' is not"):
        STAGES.write("erp", "shipped")


@pytest.mark.parametrize("values", [{"A": ["x", "y"], "B": ["y"]}, {"A": ["x", "y"], "B": ["y", "z"]}, {"A": ["x"], "B": ["y", "x"]}])
def test_no_word_equals_two_others(values: dict[str, list[str]]):
    """A map in which one ERP word has two meanings is refused."""
    with pytest.raises(ValueError, match="would be equal to both"):
        Enum(values)


@pytest.mark.parametrize("native", ["USA", "US", "usa", " us ", "United States", "United States of America"])
@pytest.mark.parametrize("side", ["keap", "erp"])
def test_a_country_has_one_code(side: Side, native: str):
    """Either side may hold any form; alpha-2 is compared, each side gets its own."""
    assert COUNTRY.read(side, native) == "US"
    assert (COUNTRY.write("keap", "US"), COUNTRY.write("erp", "US")) == ("USA", "US")


def test_no_country_is_refused():
    """What ISO 3166 does not know is named; the United Kingdom's usual letters are known."""
    assert COUNTRY.read("erp", "UK") == "GB"
    with pytest.raises(MappingError, match="'Atlantis' is no country"):
        COUNTRY.read("keap", "Atlantis")


@pytest.mark.parametrize(("keap", "erp"), [("en_US", "en-US"), ("EN_us", "en-US"), ("de", "de")])
def test_a_language_has_one_tag(keap: str, erp: str):
    """en_US and en-US are one, each side having its own line."""
    assert LOCALE.read("keap", keap) == LOCALE.read("erp", erp) == LOCALE.write("erp", erp)
    assert LOCALE.write("keap", erp) == erp.replace("-", "_")


def test_a_long_tag_is_refused_where_it_does_not_fit():
    """The row's type limits what is written."""
    with pytest.raises(MappingError, match="at most 5"):
        LOCALE.write("erp", LOCALE.read("keap", "zh_Hant_TW"))


def test_a_time_zone_goes_to_keap_only_where_keap_has_it():
    """The ERP takes any; what either side shows is read as it is."""
    assert (ZONE.write("keap", "Europe/Berlin"), ZONE.write("erp", "Europe/Stockholm")) == ("Europe/Berlin", "Europe/Stockholm")
    assert ZONE.read("keap", "Central") == "Central"
    with pytest.raises(MappingError, match="'Europe/Stockholm' is none of the time zones that Keap takes"):
        ZONE.write("keap", "Europe/Stockholm")


def test_html_becomes_lines_and_does_not_come_back():
    """One line per block, no markup, no scripts."""
    html = "<style>p {}</style><p>Tom &amp;\n <b>Jerry</b></p><ul><li>one</li><li>two</ul>"
    assert HTML.read("keap", html) == "Tom & Jerry\none\ntwo"
    assert HTML.read("keap", "<p> </p>") is None
    assert HTML.read("erp", "a < b") == HTML.write("erp", "a < b") == "a < b"
    with pytest.raises(MappingError, match="no way back"):
        HTML.write("keap", "a")


@pytest.mark.parametrize(("native", "value"), [(True, True), (0, False), ("TRUE", True), ("0", False)])
def test_flags_are_read_from_words_and_digits(native: Value, value: bool):  # noqa: FBT001 - a value of a record
    """Keap's v1 spells them 0 and 1."""
    assert Boolean().read("keap", native) is value


def test_other_words_are_no_flags_and_no_numbers():
    """`maybe` is refused, so is 1.5; 3.0 is three."""
    with pytest.raises(MappingError, match="neither true nor false"):
        Boolean().read("keap", "maybe")
    with pytest.raises(MappingError, match="not a whole number"):
        Integer().read("keap", "1.5")
    assert Integer().read("keap", "3.0") == Integer().write("erp", 3) == 3
