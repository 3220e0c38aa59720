"""Fusions: one Stream for each column to one Stream."""
