"""Heads: a Stream to logits, with the loss that trains them."""
