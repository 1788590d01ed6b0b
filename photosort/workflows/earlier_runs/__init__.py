"""What earlier runs have done, what the user has made of it since, and what that means for the next run."""
