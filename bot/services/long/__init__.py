"""Sessions that have become long: what the model is told of them stays within its window."""
