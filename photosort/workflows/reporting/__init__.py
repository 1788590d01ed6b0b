"""A run as a page: the report, and the review that edits its plan."""
