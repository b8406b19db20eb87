"""Settings and state of this user: variables, profiles, references to secrets, and files."""
