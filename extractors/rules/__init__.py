"""What rules read off the page, driven by the schema alone."""
