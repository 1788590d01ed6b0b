"""What each command does, from a request to its result. Prints nothing."""
