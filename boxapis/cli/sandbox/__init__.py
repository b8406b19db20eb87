"""``boxapis sandbox``: the stand-in of both services, its faults, and commands run with it."""
