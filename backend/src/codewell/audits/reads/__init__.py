"""What a caller may see of audits, a module for each family."""
