"""Models that describe a photo in words."""
