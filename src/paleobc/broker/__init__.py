"""Brings runs to those who perform them; the database decides which."""
