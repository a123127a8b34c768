"""How people respell what they type again: case and spaces, and with them nothing that would make it another thing."""

from __future__ import annotations

from random import Random


def respelled(text: str, random: Random) -> str:
    """Return the text with its case or its spaces disturbed, half the times not at all."""
    return random.choice((_same, _same, _same, str.upper, str.lower, _wide, _padded, _swapped))(text)


def recased(text: str, random: Random) -> str:
    """Return an e-mail address as careless people type it."""
    return random.choice((_same, _same, str.upper, str.title))(text)


def _same(text: str) -> str:
    return text


def _wide(text: str) -> str:
    return text.replace(" ", "  ")


def _padded(text: str) -> str:
    return f" {text} "


def _swapped(text: str) -> str:
    return _padded(text.upper())


def regrouped(phone: str, random: Random) -> str:
    """Return the digits of a phone number in other groups."""
    digits = "".join(letter for letter in phone if letter.isdigit())
    split = random.randint(2, 4)
    return random.choice((f"({digits[:split]}) {digits[split:]}", f"{digits[:split]}-{digits[split:]}", digits, phone))
