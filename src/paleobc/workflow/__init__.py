"""Steps, their graph, and what has to run again: no climate, no database."""
