"""What each BoxC operation does, one file for each resource with rules of its own."""
