"""The deciding agent: decodes events, asks the pure core, hands its decisions to the engine."""
