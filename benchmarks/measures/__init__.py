"""What a client process measures, one measure a file."""
