"""Which town a point on the map belongs to, by a table that comes with photosort."""
