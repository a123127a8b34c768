"""The access that librdkafka's names describe, as Faust's consumer wants it told."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from faust.auth import Credentials, SASLCredentials, SSLCredentials


def credentials(security: Mapping[str, str]) -> Credentials | None:
    """Return the same access the engine's other clients have; None for PLAINTEXT."""
    protocol = security.get("security.protocol", "PLAINTEXT")
    context = _context(security) if "SSL" in protocol else None
    if protocol.startswith("SASL"):
        return SASLCredentials(
            username=security["sasl.username"],
            password=security["sasl.password"],
            mechanism=security["sasl.mechanism"],
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None


def _context(security: Mapping[str, str]) -> ssl.SSLContext:
    authorities = security.get("ssl.ca.location", "probe")
    context = ssl.create_default_context(cafile=None if authorities == "probe" else authorities)
    if "ssl.certificate.location" in security:
        password = security.get("ssl.key.password", "")
        context.load_cert_chain(security["ssl.certificate.location"], security["ssl.key.location"], password)
    return context
