"""Tests of the reference ERP, over HTTP on a running server."""
