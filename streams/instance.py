"""The name a worker keeps across restarts, so that it gets its partitions back without waiting for the session timeout (KIP-345).

It lives in the data directory, which is one per worker: two processes cannot open the same stores either.
"""

from __future__ import annotations

import uuid
from pathlib import Path


def instance_of(data_dir: Path) -> str:
    """Return the worker's name, inventing one at its first start."""
    path = data_dir / "instance"
    try:
        with path.open("x") as file:
            file.write(uuid.uuid4().hex[:12])
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        return instance_of(data_dir)
    except FileExistsError:
        pass
    return path.read_text().strip()
