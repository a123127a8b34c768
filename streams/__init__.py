"""The processor: capture, mapping, sync (the pure core), write, and the engine they run on."""
