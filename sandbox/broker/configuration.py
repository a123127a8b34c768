"""Write the `server.properties` of a broker that is its own controller.

Everything internal has one replica, and nothing listens beyond the loopback interface.
"""

from __future__ import annotations

import socket
from pathlib import Path

HOST = "127.0.0.1"
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
LISTENERS = ("listeners", "advertised.listeners")
META = "meta.properties"
"""In the log directory of a broker, once that is formatted."""


def free_port() -> int:
    """Return a TCP port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def write_properties(data: Path, port: int, also: Path | None = None) -> Path:
    """Write `data/server.properties` for a broker on `port`; its controller takes any free port.

    Args:
        data: the broker's directory.
        port: of the listener in plain text.
        also: more properties. They win over ours, but listeners stand beside ours.
    """
    controller = free_port()
    properties: dict[str, object] = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": ",".join(["CONTROLLER:PLAINTEXT", *(f"{name}:{name}" for name in PROTOCOLS)]),
        # A voter by configuration, not by the formatted directory: so that one may be copied, whatever the ports.
        "controller.quorum.voters": f"1@{HOST}:{controller}",
        "log.dirs": data.absolute() / "logs",
        "auto.create.topics.enable": "false",
        # The defaults, 50 partitions each with 3 replicas, cost seconds at the first start.
        "offsets.topic.num.partitions": 5,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.num.partitions": 5,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        # Twice a second by default, for followers that there are none of: a third of what an idle broker costs.
        "metadata.max.idle.interval.ms": 10_000,
        # Crash tests use sessions of a few seconds; the default minimum is 6.
        "group.min.session.timeout.ms": 1000,
    }
    for key, value in _read(also).items():
        properties[key] = f"{properties[key]},{value}" if key in LISTENERS else value
    path = data / "server.properties"
    path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
    return path


def _read(also: Path | None) -> dict[str, str]:
    lines = also.read_text().splitlines() if also else []
    return {key: value for key, found, value in (line.partition("=") for line in lines) if found}
