"""Commands under ``boxapis boxc``."""
