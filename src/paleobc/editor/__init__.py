"""The map editor: the same component in the application, before one file, and in a notebook."""
