"""What changes the coalition, by noun. Every action is atomic and audited, and knows who does it (`by`)."""
