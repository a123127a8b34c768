"""The pure core: which records are twins, which edits win, what must be written. No Kafka, HTTP, clock or randomness."""
