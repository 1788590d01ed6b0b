"""Image, text and joint encoders: photos or texts to vectors."""
