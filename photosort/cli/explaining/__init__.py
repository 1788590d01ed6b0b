"""The views of photosort explain."""
