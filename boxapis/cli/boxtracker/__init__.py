"""Commands under ``boxapis boxtracker``."""
