"""The stand-in of BoxC."""
