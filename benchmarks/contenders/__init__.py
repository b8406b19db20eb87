"""The contenders, one file each, each written as its users would write it."""
