"""A dry run: the real core over a full read of both sides, with a sink that only imagines its calls."""
