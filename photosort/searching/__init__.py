"""Search: what a query asks for, and which photos fit it best."""
