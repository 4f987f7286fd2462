"""What a person decides: the queue and the decisions."""
