"""Markdown: what can be shown of a text that still arrives, and where it can be cut."""
