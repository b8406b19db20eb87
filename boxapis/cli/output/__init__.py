"""Output of commands: JSON, TSV and tables, and the option ``--query``."""
