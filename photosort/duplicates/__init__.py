"""Which photos show the same: exact copies, edited ones, and bursts."""
