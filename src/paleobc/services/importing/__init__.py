"""What the existing tool kept - users, experiments, revisions, parameters, edits - brought over."""
