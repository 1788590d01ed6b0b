"""Models that tell facts: how many faces a photo has, and whether it is a photo at all."""
