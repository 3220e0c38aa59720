"""From logits to answers, in NumPy: what a deployed model does after its network."""
