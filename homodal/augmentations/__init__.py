"""Changes of training cells that leave their answers right."""
