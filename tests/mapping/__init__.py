"""The mapping: types, converters, files."""
