"""A standard operating procedure: its sections, the words the portal fills in, and how it is printed."""
