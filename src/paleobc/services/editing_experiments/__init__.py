"""The map editor in experiments: what is edited there, by whom, and where a saved list goes."""
