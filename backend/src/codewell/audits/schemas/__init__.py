"""Wire shapes of audits, a module for each family."""
