"""Recommendations of audits, the actions that follow and the evidence that they were done."""
