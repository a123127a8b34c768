"""`keapsync broker`: a real Kafka broker for one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import FatalError


def broker(
    data: Annotated[Path, typer.Option(help="The broker's directory, formatted when new.")] = Path(".keapsync/broker"),
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 9092,
) -> None:
    """Run Apache Kafka in the foreground (KRaft, one node, jars from Maven)."""
    from sandbox.broker import BrokerError, run_broker  # noqa: PLC0415 - only where it is needed

    try:
        run_broker(data, port)
    except BrokerError as error:
        raise FatalError(str(error)) from error
