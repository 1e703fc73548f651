"""Verbs of training, a module for each family."""
