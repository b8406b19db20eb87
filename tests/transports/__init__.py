"""Transports against peers that misbehave."""
