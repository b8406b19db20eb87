"""``boxapis completion``, and the suggestions it gives to the shell."""
