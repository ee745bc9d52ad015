"""Pushes: everything on the ticket once, whatever happens on the way."""
