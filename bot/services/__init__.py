"""What the app can do: one verb per method, one transaction per use case."""
