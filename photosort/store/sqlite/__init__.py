"""SQLite files, opened safely, and what they refuse in plain words."""
