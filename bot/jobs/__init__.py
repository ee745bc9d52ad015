"""Work that must survive the process."""
