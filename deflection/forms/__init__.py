"""Forms of deflection."""
