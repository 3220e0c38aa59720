"""Keras building blocks that fronts, encoders, fusions and heads are made of."""
