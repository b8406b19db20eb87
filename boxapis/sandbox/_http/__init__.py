"""HTTP on loopback for both stand-ins."""
