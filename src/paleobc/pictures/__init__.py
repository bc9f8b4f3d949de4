"""Pictures of our files: maps with the break at the shore."""
