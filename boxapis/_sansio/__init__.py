"""The rules of both services, as plain functions and values: no I/O, no clock, no chance."""
