"""Canaries: values that are sent and answered, and must be seen nowhere but on the wire."""
