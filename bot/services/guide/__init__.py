"""Guided sessions: leading an engineer one step at a time."""
