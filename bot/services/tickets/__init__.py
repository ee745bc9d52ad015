"""Ticket systems: connecting one, linking tickets, and pushing notes, time, files and a status."""
