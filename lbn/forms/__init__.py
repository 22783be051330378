"""Forms of counting."""
