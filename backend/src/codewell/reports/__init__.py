"""Reports that a board can read, made from the rooms below."""
