"""The report of a run: one HTML file, a Markdown model card, and JSON beside them."""
