"""Patients, spells and finished consultant episodes."""
