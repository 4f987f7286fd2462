"""Makes the sample documents: seeded, all names invented, nothing copied."""
