"""``boxapis boxc ...``."""
