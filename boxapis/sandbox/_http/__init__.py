"""The sandbox's HTTP server on loopback."""
