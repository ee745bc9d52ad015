"""Everything that goes out to Slack: what it looks like, and how it gets there in time."""
