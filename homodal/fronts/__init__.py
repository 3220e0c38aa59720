"""Fronts: arrays of one modality to float values that every encoder takes."""
