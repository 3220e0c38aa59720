"""Extractors: pretrained networks that are not trained on, one file each."""
