"""Weights that carry fields between the ocean's and the atmosphere's grid."""
