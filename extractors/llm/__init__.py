"""The model as a witness: what it is asked, what it answers, and every guard around the call."""
