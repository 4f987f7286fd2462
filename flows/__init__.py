"""What runs when: settings, wiring, Prefect flows."""
