"""From clusters to folders on disk: planned whole, carried out through a journal, taken back on request."""
