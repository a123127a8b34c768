"""`python -m console` is `keapsync`: what the supervisor starts its children with."""

from console.cli import app

if __name__ == "__main__":
    app(prog_name="keapsync")
