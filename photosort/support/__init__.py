"""What every room may use: threads, progress, safe text, private files, install commands."""
