"""Which file goes where: data alone, no disk."""
