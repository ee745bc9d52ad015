"""Chaos: the real app in processes that are killed at any moment, held against what it promises."""
