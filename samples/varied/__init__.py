"""Invented invoices in many layouts and locales, drawn on the spot for benchmarks and tests."""
