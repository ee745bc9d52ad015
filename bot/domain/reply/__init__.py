"""The model's reply: the schema it is asked for, and reading it while it arrives."""
