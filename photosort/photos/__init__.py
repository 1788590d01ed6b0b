"""From a folder on disk to photos, and from a photo to pixels."""
