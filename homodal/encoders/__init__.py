"""Encoders: values of any rank to a Stream."""
