"""Groups of vectors: k-means, the choice of k, and how well each member sits in its group."""
