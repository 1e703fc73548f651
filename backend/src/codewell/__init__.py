"""Codewell: the system of an NHS Trust's clinical coding department."""
