"""Reads used in more than one place."""
