"""XMP: what a photo and its sidecar say of themselves, and tags merged into it."""
