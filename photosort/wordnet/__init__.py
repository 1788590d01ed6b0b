"""The nouns of WordNet that photosort says of photos, and the tree above them."""
