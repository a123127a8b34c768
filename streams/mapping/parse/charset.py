"""The characters that a row's texts may be written in: `charset: latin-1`, `not_in_charset: fail | replace`."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import replace

from streams.mapping.kinds.text import Text
from streams.mapping.parse.document import Node
from streams.mapping.rows import Kind


def within(said: Mapping[str, Node], kind: Kind) -> Kind:
    """Return the type with its charset, and with what becomes of characters outside of it."""
    if "charset" not in said:
        if "not_in_charset" in said:
            said["not_in_charset"].fault("stands beside `charset`, and only there")
        return kind
    name = said["charset"].word()
    if name is None:
        return kind
    if not _is_charset(name):
        said["charset"].fault(f"`{name}` is no character set; allowed are those that Python knows, such as ascii, latin-1, cp1252")
        return kind
    if type(kind) is not Text:
        said["charset"].fault("only a string(n) or a text has a charset")
        return kind
    policy = said["not_in_charset"].choice(("fail", "replace")) if "not_in_charset" in said else "fail"
    return replace(kind, charset=name, replace=policy == "replace")


def _is_charset(name: str) -> bool:
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)
    except LookupError:
        return False
    return True
