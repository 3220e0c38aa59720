"""Bytes to NumPy: pictures, sounds, films, words. No Keras, no tables."""
