"""Where the command line takes its settings and secrets from."""
