"""The rules of BoxC: operations, carriers, tokens, the rate limit and answers."""
