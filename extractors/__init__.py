"""A document and a schema to candidates to assessed fields."""
