"""The command line in a real terminal: keys pressed on one side, what is shown on the other."""
