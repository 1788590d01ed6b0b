"""What commands have found or done, for people and for programs."""
