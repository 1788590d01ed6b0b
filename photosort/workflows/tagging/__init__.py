"""`photosort tag`: what runs have said of photos goes into XMP sidecars, or into the photos themselves."""
