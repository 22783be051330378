"""Deflection: planning checklists for five models, and the community resource directory."""
