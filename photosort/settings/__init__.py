"""What a user can choose, from flags, config.toml and the environment, checked once."""
