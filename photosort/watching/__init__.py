"""What arrives in a folder, and when it is whole."""
