"""The command line, built on the clients and the sandbox."""
