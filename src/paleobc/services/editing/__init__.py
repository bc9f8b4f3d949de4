"""The map editor's desk: every question of an open editor answered, from a journal of edits that nothing can lose."""
