"""What a record is: kinds, fields, schemas, checks, and the frozen types that travel between the rooms."""
