"""Trials of several processes on one store, in real time; each counts at the sandbox."""
