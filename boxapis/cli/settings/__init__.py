"""Settings and secrets of the command line: environment, profiles, references, prompts."""
