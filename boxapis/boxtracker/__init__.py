"""Box Tracker: handshakes, live sessions and commands."""
