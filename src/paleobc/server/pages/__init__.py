"""What people look at, one module for each place."""
