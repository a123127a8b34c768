"""The three workers that are compared, each a process: `python -m bench.loops.NAME --kafka ... --source ... --data ...`.

All decode the same Avro events, ask the same `decide` with the same mapping, keep the same rows in RocksDB and in a changelog, and send
the same encoded commands and journal entries. They differ in what carries that: our engine, Quix Streams, a loop written by hand.
"""
