"""The Box Tracker stand-in."""
