"""Texts, e-mails and phones: kept as typed, compared by what they mean."""

from __future__ import annotations

import pytest

from schemas.errors import MappingError
from streams.mapping.kinds.email import Email
from streams.mapping.kinds.phone import Phone
from streams.mapping.kinds.text import Text


def test_a_long_text_is_read_whole_and_not_written():
    """The length counts at the write only, with a sentence that names both lengths."""
    text = "x" * 76
    assert Text(75).read("erp", text) == text
    with pytest.raises(MappingError, match=r"'x{40}'\.\.\. is 76 characters long, at most 75 are allowed"):
        Text(75).write("keap", text)


def test_length_counts_characters():
    """Not bytes: 75 umlauts fit."""
    assert Text(75).write("keap", "ü" * 75) == "ü" * 75


def test_a_character_outside_the_charset_is_named_and_not_written():
    """Read all the same: only a write has to fit."""
    kind = Text(40, charset="latin-1")
    assert kind.read("keap", "Łódź") == "Łódź"
    assert kind.write("erp", "Malmö") == "Malmö"
    with pytest.raises(MappingError, match="'Łódź' has 'Ł', 'ź', which latin-1 does not know"):
        kind.write("erp", "Łódź")


@pytest.mark.parametrize(
    ("charset", "typed", "written"), [("latin-1", "Jiří 🙂", "Jirí ?"), ("ascii", "Malmö ²", "Malmo 2"), ("ascii", "Ł", "?")]
)
def test_a_character_outside_the_charset_gives_way_to_the_nearest(charset: str, typed: str, written: str):
    """Where the row says so; what fits stays."""
    assert Text(40, charset=charset, replace=True).write("erp", typed) == written


def test_a_number_is_read_as_text_and_a_flag_is_not():
    """A postal code that came as a number is still one."""
    assert Text().read("erp", 12209) == "12209"
    with pytest.raises(MappingError, match="true is not a text"):
        Text().read("erp", True)


def test_emails_compare_in_lower_case_and_travel_as_typed():
    """Ada@Example.com is ada@example.com, and stays as typed."""
    email = Email(75)
    assert email.key(email.read("keap", "Ada@Example.com ")) == email.key("ada@example.com")
    assert email.write("erp", "Ada@Example.com") == "Ada@Example.com"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("(415) 555-2671", "+1 415 555 2671"),
        ("415.555.2671 x5", "+1 (415) 555-2671 ext. 5"),
        ("+49 (0)30 901820", "+49 30 901820"),
        ("x1", "1"),
        ("415 555 2671 / 415 555 2672", "4155552671, 4155552672"),
        ("Call Me", "call me "),
    ],
)
def test_one_number_has_many_spellings(one: str, two: str):
    """E.164 where it can be told, else the digits, else the words."""
    assert Phone(40).key(one) == Phone(40).key(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [("415 555 2671", "415 555 2672"), ("415 555 2671 x5", "415 555 2671 x6"), ("415 555 2671", "415 555 2671 x5"), ("ask Ann", "ask Bob")],
)
def test_different_numbers_differ(one: str, two: str):
    """Also where only the extension does, or where nothing can be dialled."""
    assert Phone(40).key(one) != Phone(40).key(two)


def test_the_default_country_reads_national_numbers():
    """030 is Berlin in Germany."""
    assert Phone(40, "DE").key("030 901820") == Phone(40, "US").key("+49 30 901820")


@pytest.mark.parametrize("typed", ["(415) 555-2671", "n/a", "+1 415 555 2671 "])
def test_phones_travel_as_typed(typed: str):
    """Comparing never respells."""
    phone = Phone(40)
    assert phone.write("erp", phone.read("keap", typed)) == typed


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("  Ana   TRUJILLO ", "ana trujillo"),
        ("Taquería", "taqueria"),
        ("Smørrebrød", "Smorrebrod"),
        ("Łódź", "lodz"),
        ("STRASSE", "straße"),
    ],
)
def test_a_loose_comparison_forgives_case_spaces_and_accents(one: str, two: str):
    """What a target's storage habits, or another typist, make of a name."""
    assert Text(255).loose(one) == Text(255).loose(two)


@pytest.mark.parametrize(("one", "two"), [("がく", "かく"), ("ann", "anna"), ("a b", "ab")])
def test_a_loose_comparison_keeps_letters_apart(one: str, two: str):
    """A mark that makes another letter is no accent."""
    assert Text(255).loose(one) != Text(255).loose(two)
