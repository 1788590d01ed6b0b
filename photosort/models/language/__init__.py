"""Language models that write folder names."""
