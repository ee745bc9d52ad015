"""What people see: pure functions from domain values to Slack's text and blocks."""
