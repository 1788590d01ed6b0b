"""What photosort remembers: texts and vectors of every photo, runs, and the journal of file operations."""
