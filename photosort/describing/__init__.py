"""The describing stage: every photo is read and decoded once, and what models say of it goes to the cache."""
