"""What a run remembers: its folders, its photos, and the middles of its clusters."""
