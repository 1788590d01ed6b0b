"""How the help of photosort organize puts its many flags together."""

from __future__ import annotations

from photosort.methods.specs import METHODS

METHOD_HELP = "; ".join(f"{name} ({spec.help})" for name, spec in METHODS.items())

GROUPS = {
    "Folders": (
        *("by", "into", "other", "no_other", "assign", "names_from"),
        *("method", "fusion", "weight", "texts", "ask", "vectors", "show_all"),
        *("tac", "nouns", "balance", "outliers", "levels", "events", "min_k", "max_k", "seed"),
    ),
    "Names": ("names", "writer", "language", "style", "name_template", "keywords", "max_cost", "about"),
    "Photos": ("exclude", "follow_links", "facts"),
    "Models": (
        *("profile", "captioner", "captions", "image_encoder", "text_encoder", "allow_upload"),
        *("device", "engine", "batch", "in_flight"),
    ),
}
"""How the help puts the flags together."""
