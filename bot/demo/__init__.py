"""`tasklane demo`: the real app in a Slack workspace on this machine, with a scripted assistant."""
