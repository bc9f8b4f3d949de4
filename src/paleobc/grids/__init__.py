"""Where cells are, how large they are, and which are neighbours."""
