"""What the ocean model reads besides its grid."""
