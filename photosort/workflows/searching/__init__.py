"""Finding photos by what they show, and by what is true of them."""
