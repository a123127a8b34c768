"""The operator's surface: command line and read model."""
