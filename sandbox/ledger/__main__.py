"""`python -m sandbox.ledger`: the second ERP as a process of its own."""

import argparse

from sandbox.ledger.server import DEFAULT_TOKEN, serve


def main() -> None:
    """Read the command line and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.ledger", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    arguments = parser.parse_args()
    serve(arguments.port, arguments.token)


if __name__ == "__main__":
    main()
