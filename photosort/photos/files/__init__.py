"""From a folder on disk to photos and what travels with them."""
