"""BoxC: credentials, and every other operation by method and path."""
