"""Native values to canonical ones and back, as the mapping files say. Pure."""
