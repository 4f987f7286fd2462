"""Values as people write them, turned into types and back: money, dates, durations, names, identifiers."""
