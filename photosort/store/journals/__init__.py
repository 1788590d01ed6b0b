"""Every operation on a file of the user, written down before it happens."""
