"""Both systems as servers beside a test, and a configuration that leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.data import Seeds
from sandbox.data.seeds import Ids
from sandbox.demo.servers import Server
from sandbox.erp.server import build_app as build_erp
from sandbox.http.run import background
from sandbox.keap.server import build_app as build_keap

TOKEN = "for-this-test"  # noqa: S105 - guards nothing


@contextmanager
def both(kafka: str, config: Path, seeds: Seeds) -> Iterator[tuple[Server, Server, Ids]]:
    """Serve a seeded world and write the configuration; yields both servers and the ids of Keap's records."""
    with background(build_keap(token=TOKEN)) as keap_url, background(build_erp(token=TOKEN)) as erp_url:
        keap, erp = Server("keap", keap_url, TOKEN), Server("erp", erp_url, TOKEN)
        keap.allow(1000)
        erp.allow(1000)
        ids = keap.seed(seeds.keap)
        erp.seed(seeds.erp)
        sides = "".join(f"    {each.side}: {{url: '{each.url}', token: {TOKEN}, per_second: 500}}\n" for each in (keap, erp))
        config.write_text(f"kafka: {kafka}\nconnections:\n  main:\n{sides}")
        yield keap, erp, ids
        keap.close()
        erp.close()
