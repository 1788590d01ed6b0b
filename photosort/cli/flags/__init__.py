"""What can be typed: flags, their help, what the shell offers, and command lines that cannot be read."""
