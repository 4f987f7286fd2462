"""One module for each command group; loaded only when its command is called."""
