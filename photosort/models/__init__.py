"""Adapters to the libraries that look at photos, read texts and write names."""
