"""`python -m sandbox.registry --data DIR --port N` runs the registry; `--install` only fetches it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.registry import RegistryError, install_archive, run_registry


def main() -> None:
    """Read the command line and run what it asks for."""
    parser = argparse.ArgumentParser(prog="sandbox.registry", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".keapsync/registry"), help="the registry's directory")
    parser.add_argument("--port", type=int, default=8081, help="the port clients connect to")
    parser.add_argument("--install", action="store_true", help="fetch the archive and stop")
    arguments = parser.parse_args()
    try:
        if arguments.install:
            install_archive()
        else:
            run_registry(arguments.data, arguments.port)
    except RegistryError as error:
        sys.exit(f"registry: {error}")


if __name__ == "__main__":
    main()
