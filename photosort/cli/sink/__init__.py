"""All that is said, and how it ends: the one way to the terminal, to programs and to the log."""
