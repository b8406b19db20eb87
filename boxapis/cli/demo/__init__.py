"""``boxapis demo``."""
