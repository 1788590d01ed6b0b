"""photosort: a folder of photos goes in, a few well-named folders come out, nothing is ever lost."""

__version__ = "0.1.0"
