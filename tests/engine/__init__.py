"""Tests of the engine; those that need a broker run workers as processes, as production does."""
