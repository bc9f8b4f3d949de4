"""Where the water of each land cell goes, how far, and how long it takes."""
