"""The command `paleobc`."""
