"""``boxapis boxtracker ...``."""
