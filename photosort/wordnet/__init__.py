"""The nouns of WordNet: those that photosort says of photos, with the tree above them, and all."""
