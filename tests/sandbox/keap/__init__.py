"""Tests of the Keap simulator, asked over HTTP as any client would."""
