"""Studies: many runs on one table, under one budget, and what they say."""
