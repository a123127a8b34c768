"""Refuse to start on libraries other than those the engine was tested with.

It reaches into their insides by name; an upgrade is a change of this file, after the broker tests have passed.
"""

from __future__ import annotations

from importlib.metadata import version

import faust.streams

from schemas.errors import ConfigurationError

PINNED = {
    "faust-streaming": "0.15.3",
    "mode-streaming": "0.7.1",
    "aiokafka": "0.14.0",
    "confluent-kafka": "2.16.0",
    "rocksdict": "0.3.29",
}


def require_versions(pinned: dict[str, str] = PINNED) -> None:
    """Check the installed versions.

    Raises:
        ConfigurationError: naming every library that differs.
    """
    faults = [
        f"{name} {version(name)} is installed, the engine is made for {wanted}"
        for name, wanted in pinned.items()
        if version(name) != wanted
    ]
    if faust.streams._CStreamIterator is None:  # noqa: SLF001  # the only trace of a pure Python build
        faults.append("faust-streaming is installed without its compiled modules")
    if faults:
        raise ConfigurationError(*faults)
