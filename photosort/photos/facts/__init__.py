"""What is simply true of a photo, by its file, its name and its pixels."""
