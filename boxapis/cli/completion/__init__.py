"""``boxapis completion``, and what it suggests."""
