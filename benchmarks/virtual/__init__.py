"""A Slack workspace in virtual time: what the streaming benchmark and the property tests of the edit budget share."""
