"""Reading and writing files of science; the only place that opens them."""
