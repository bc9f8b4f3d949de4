"""What the command, the notebook and the web application ask for."""
