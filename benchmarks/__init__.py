"""Benchmarks: each of ours beside a floor, in one run on one machine, reported as a ratio."""
