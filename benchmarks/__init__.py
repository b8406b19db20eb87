"""Benchmark of boxapis and other HTTP clients; the manual is README.md beside this file."""
