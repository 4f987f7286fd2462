"""How good it is: truth, predictions, scores."""
