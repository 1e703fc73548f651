"""What training shows, a module for each family."""
