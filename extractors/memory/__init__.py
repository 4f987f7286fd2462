"""Layout memory: where on pages of one layout people found a value, and what stands there on the next one."""
