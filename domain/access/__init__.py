"""Who may come in and what they may do: accounts, roles, sessions, keys, and the rules about passwords and addresses."""
