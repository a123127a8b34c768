"""The figures: what the program costs and how fast it is, side by side with others, in one run on the same events."""
