"""Intake: what a PAS or an encoder sends, read, checked and folded into episodes, with a reason for whatever is not."""
