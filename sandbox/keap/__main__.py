"""`python -m sandbox.keap --port N [--data FILE] [--token T]`."""

import argparse
from pathlib import Path

from sandbox.keap.server import serve

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sandbox.keap", description="Play a Keap tenant on this machine.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, help="SQLite file; without it nothing outlives the process")
    parser.add_argument("--token", help="the key clients must show")
    parser.add_argument("--host", default="127.0.0.1")
    arguments = parser.parse_args()
    serve(arguments.port, arguments.data, arguments.token, arguments.host)
