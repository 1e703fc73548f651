"""Verbs on audits, a module for each family."""
