"""The coalition: its partners in 17 sectors, contacts, positions, people and their roles, invitations, releases."""
