"""`python -m sandbox.erp`: the reference ERP as a process of its own."""

import argparse
from pathlib import Path

from sandbox.erp.server import DEFAULT_TOKEN, serve


def main() -> None:
    """Read the command line and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.erp", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, help="SQLite file; in memory when left out")
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    arguments = parser.parse_args()
    serve(arguments.port, arguments.data, arguments.token)


if __name__ == "__main__":
    main()
