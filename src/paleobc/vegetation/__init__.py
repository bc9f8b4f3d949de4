"""What grows on the land, and the soil below it."""
