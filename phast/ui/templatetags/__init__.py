"""Template tags, loaded into every template by settings."""
