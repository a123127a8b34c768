"""Tests of the connectors: pure ones by hand, the others over HTTP against the sandbox's servers."""
