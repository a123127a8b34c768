"""Tests of the judge of storms: it has to find what is wrong."""
