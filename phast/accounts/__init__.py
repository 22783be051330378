"""People as accounts: an e-mail address, a name, ways to sign in. What they may do is a membership, in `coalitions`."""
