"""The rules of BoxC: operations, carriers, tokens, the rate limit, requests and responses."""
