"""The benchmark: boxapis beside its peers, in one run. The manual is README.md beside this file."""
