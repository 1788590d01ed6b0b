"""From a photo to pixels, and what these are like."""
