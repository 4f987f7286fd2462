"""Records to typed tables, and their writers."""
