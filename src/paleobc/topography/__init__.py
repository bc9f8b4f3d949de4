"""The relief of a world: land and sea, what is wrong with it, and how it is made ready for rivers."""
