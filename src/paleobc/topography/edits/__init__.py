"""What a person draws on a map, kept as data."""
