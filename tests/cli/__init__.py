"""The command line inside this process, part by part."""
