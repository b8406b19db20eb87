"""Measures of the client process, one per file."""
