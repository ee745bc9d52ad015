"""Benchmarks: each prints its figures beside the limits, and fails when one is missed."""
