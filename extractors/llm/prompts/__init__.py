"""What a model is told: templates, their versions, and which one is in force."""
