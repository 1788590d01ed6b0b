"""The page of a run: pictures of its folders, a map, a timeline, as one HTML document."""
