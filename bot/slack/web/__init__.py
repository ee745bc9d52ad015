"""Slack's Web API: the client, its faults, the queue of posts, and finding what was posted."""
