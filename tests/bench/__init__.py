"""The benchmarks, at sizes that tell only whether they run."""
