"""Ticket systems on localhost: five APIs in front of one desk of tickets, with a page to look at them."""
