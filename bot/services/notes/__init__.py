"""Ticket notes: writing them, their text, and sharing them."""
