"""Everything needed to run on one machine with nothing real: other people's systems, played."""
