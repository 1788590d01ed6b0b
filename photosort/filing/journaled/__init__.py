"""A plan carried out, taken back and resumed, through the journal."""
