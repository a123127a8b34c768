"""One real schema registry (Apicurio, Confluent-compatible) on this machine, for the tests."""

from sandbox.registry.archive import RegistryError, install_archive
from sandbox.registry.launcher import run_registry

__all__ = ["RegistryError", "install_archive", "run_registry"]
