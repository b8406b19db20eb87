"""``boxapis doctor``."""
