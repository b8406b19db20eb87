"""``boxapis credentials import``."""
