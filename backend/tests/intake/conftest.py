"""Fixtures of intake."""
