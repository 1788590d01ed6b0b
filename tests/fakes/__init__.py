"""Stand-ins for every Protocol, small enough to see through."""
