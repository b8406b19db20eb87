"""The rules of Box Tracker: commands, their arguments, sessions and responses."""
