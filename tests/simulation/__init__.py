"""The real core in a simulated world: seeded, single-threaded, virtual clock, no Kafka, no HTTP."""
