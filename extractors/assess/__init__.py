"""Candidates of all sources to one answer per field, with a confidence and a decision."""
