"""What a server says to others by itself: hooks."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


def outgoing(timeout_s: float) -> httpx.AsyncClient:
    """Return a client for one delivery."""
    return httpx.AsyncClient(timeout=timeout_s, verify=_authorities())


@cache
def _authorities() -> ssl.SSLContext:
    """Read them once: a client of its own per delivery would take 40 ms for that alone."""
    return httpx.create_ssl_context()
