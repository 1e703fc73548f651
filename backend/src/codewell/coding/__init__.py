"""Assigned codes as immutable versions, drafts, second check."""
