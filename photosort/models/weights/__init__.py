"""Files of weights: pinned by digest, or found in the cache of the model hub."""
