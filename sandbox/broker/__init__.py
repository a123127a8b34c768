"""One real Apache Kafka broker on this machine, for the demo and the tests."""

from sandbox.broker.jars import BrokerError, install_jars
from sandbox.broker.launcher import run_broker

__all__ = ["BrokerError", "install_jars", "run_broker"]
