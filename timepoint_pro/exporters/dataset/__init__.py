"""Training data as files: which records are kept, in which shape and split, with card and manifest."""
