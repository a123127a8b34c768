"""Whom a server's certificate may come from."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Return httpx's own choice, read once for all clients of a process: each would read the list anew, for some 40 ms."""
    return httpx.create_ssl_context()
