"""The six training tasks, and the words and numbers that their records are made of. ``catalogue`` lists them."""
