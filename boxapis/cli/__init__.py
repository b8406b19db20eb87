"""The command line. It stands above the client and uses its public names only."""
