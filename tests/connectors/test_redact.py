"""Secrets stay out of messages."""

from __future__ import annotations

from connectors.auth import TokenAuth
from connectors.redact import redact


def test_a_token_is_masked_however_it_is_spelled():
    """As it is, trimmed, and with its line end escaped."""
    assert redact("bad KeapAK-1\n, b'Bearer KeapAK-1\\n', KeapAK-1!", "KeapAK-1\n") == "bad ***, b'Bearer ***', ***!"


def test_several_secrets_are_masked_the_longest_first():
    """One may be part of another."""
    assert redact("abc-long and abc", "abc", "abc-long") == "*** and ***"


def test_a_secret_that_a_cut_leaves_half_is_masked():
    """At the end only, and not a beginning that anybody might say."""
    assert redact("told KeapAK-1-abc", "KeapAK-1-abcdef") == "told ***"
    assert redact("KeapAK-1-abc is told, KeapAK", "KeapAK-1-abcdef") == "KeapAK-1-abc is told, KeapAK"


def test_an_empty_secret_masks_nothing():
    """No token, no stars."""
    assert redact("all is well", "") == "all is well"


def test_auth_does_not_show_its_token():
    """Not even in a traceback's repr."""
    assert "KeapAK" not in repr(TokenAuth("KeapAK-1"))
