"""Tests of the sandbox: each server is asked over HTTP, as its clients would."""
