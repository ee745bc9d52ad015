"""The messages that the app keeps: posted once, fenced, edited, replaced, removed."""
