"""What lasts: tables, transitions, leases and content-addressed files."""
