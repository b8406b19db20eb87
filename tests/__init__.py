"""Tests of the package, in its folders; a package, so that no other `tests` is found first."""
