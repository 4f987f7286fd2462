"""Docassay: every field comes with its proof."""

__version__ = "0.1.0"
