"""Clusters made clearer by the nouns of WordNet that fit the photos."""
