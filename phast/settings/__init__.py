"""Settings: `base` is safe for production as it stands; `dev` and `test` change little. All values come from the environment."""
