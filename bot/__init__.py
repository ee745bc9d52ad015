"""Tasklane: a Slack app in which support engineers troubleshoot with an assistant, one thread at a time."""
