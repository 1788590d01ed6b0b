"""Plans that the user edits: written to a file, checked, recorded and filed."""
