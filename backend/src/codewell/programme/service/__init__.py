"""Verbs of the programme, a module for each family."""
