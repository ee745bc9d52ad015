"""Remembering resolved sessions, and finding those that are like a problem."""
