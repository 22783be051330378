"""Pages of deflection."""
