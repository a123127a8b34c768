"""What the sandbox's servers share below their APIs: running, faults by seed, and the log of writing calls."""
