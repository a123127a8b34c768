"""`python -m sandbox.broker --data DIR --port N` runs the broker; `--install` only fetches its jars."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.broker import BrokerError, install_jars, run_broker


def main() -> None:
    """Read the command line and run what it asks for."""
    parser = argparse.ArgumentParser(prog="sandbox.broker", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".keapsync/broker"), help="the broker's directory")
    parser.add_argument("--port", type=int, default=9092, help="the port clients connect to")
    parser.add_argument("--also", type=Path, help="a file of more broker properties")
    parser.add_argument("--install", action="store_true", help="fetch the jars and stop")
    arguments = parser.parse_args()
    try:
        if arguments.install:
            install_jars()
        else:
            run_broker(arguments.data, arguments.port, also=arguments.also)
    except BrokerError as error:
        sys.exit(f"broker: {error}")


if __name__ == "__main__":
    main()
