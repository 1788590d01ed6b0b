"""Into folders that the user names, by a model of photos and texts, examples and facts."""
