"""Bytes in the local store for one in-sync pair of 20 fields: its link, its refs and its match keys, in RocksDB with our options."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from bench.events import World
from bench.figures import Figure
from bench.sizes import Sizes
from streams.engine.store import Store

BYTES = 1_000


def run(sizes: Sizes) -> list[Figure]:
    """Link pairs, store their rows, measure the rows and the files; each round other people."""
    stored, raw = [], []
    for seed in range(sizes.rounds):
        world = World(seed=seed)
        for event in world.load(sizes.links):
            world.decide(event)
        kinds: Counter[str] = Counter()
        for key, value in world.rows.items():
            kinds[key.split(b"/", 1)[0].decode()] += len(key) + len(value)
        stored.append(_on_disk(world) / sizes.links)
        raw.append(kinds.total() / sizes.links)
    made_of = ", ".join(f"{kind} {size / sizes.links:.0f}" for kind, size in kinds.most_common(3))
    return [
        Figure("store: bytes per in-sync link", tuple(stored), "bytes", BYTES, "at most", "without the write-ahead log"),
        Figure("store: bytes per link before compression", tuple(raw), "bytes", note=f"rows and keys: {made_of}"),
    ]


def _on_disk(world: World) -> int:
    """Return the size of the sorted files; closing the store flushes them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        store = Store(path)
        rows = sorted(world.rows.items())
        for start in range(0, len(rows), 1000):
            store.apply(dict(rows[start : start + 1000]), start)
        store.close()
        return sum(file.stat().st_size for file in path.glob("*.sst"))
