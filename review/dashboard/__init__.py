"""How the line is doing, for those who run it: a page, the acts of an operator, and metrics for Prometheus."""
