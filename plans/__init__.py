"""From a scenario to barriers, recommendations and an implementation plan whose nested steps each have responsible parties."""
