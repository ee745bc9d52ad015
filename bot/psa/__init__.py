"""Ticket systems: one Protocol, and the systems that satisfy it."""
