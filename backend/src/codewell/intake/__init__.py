"""From message or file to episodes and codes."""
