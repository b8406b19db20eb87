"""The BoxC stand-in."""
