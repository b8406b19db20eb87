"""The rules of both services as pure functions and values: no I/O, no clock, no randomness."""
