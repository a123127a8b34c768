"""`python -m sandbox.ledger`: the second ERP as a process of its own."""

import argparse

from sandbox.http import run
from sandbox.ledger.server import DEFAULT_TOKEN, build_app


def main() -> None:
    """Read the command line and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.ledger", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    arguments = parser.parse_args()
    run.serve(build_app(arguments.token), "127.0.0.1", arguments.port)


if __name__ == "__main__":
    main()
