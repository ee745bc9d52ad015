"""What is true of sessions, lanes and notes, whoever asks: no I/O, no clock, no Slack."""
