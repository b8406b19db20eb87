"""Contenders, one per file, each written as the users of its library would write it."""
