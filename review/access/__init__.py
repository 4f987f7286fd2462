"""Who may do what: people, sessions, tokens, roles, and the guards around every route."""
