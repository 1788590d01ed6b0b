"""Checks of the installation, without network and without loading a model."""
