"""From what models say of photos to folders with names."""
