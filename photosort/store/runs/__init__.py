"""What is kept of every run: its folders, its photos, and where its clusters lie."""
