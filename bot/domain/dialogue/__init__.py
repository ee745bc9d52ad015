"""A session as a dialogue with the model: word by word, and from some length on behind a summary of its beginning."""
