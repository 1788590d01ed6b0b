"""How good a clustering is, measured against known classes."""
