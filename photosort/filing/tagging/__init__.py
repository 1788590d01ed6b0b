"""Writes tags beside photos and into them, through a journal of their own, and takes them back."""
