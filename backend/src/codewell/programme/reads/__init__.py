"""What the programme shows, a module for each family."""
