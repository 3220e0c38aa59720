"""Weights that others trained: where they are found, and how their files are read."""
