"""Signatures of webhook deliveries: Base64 of HMAC-SHA256 over the bytes of the body.

Manual: https://docs.boxc.com/#tag/Webhooks.
"""

import base64

from boxapis.secret import Secret

__all__ = ["is_signed", "sign"]


def sign(body: bytes, key: Secret) -> str:
    """Returns the signature of a body, 44 characters, as in ``X-BoxC-Hmac-SHA256``."""
    import hmac  # noqa: PLC0415 - brings OpenSSL along, and only receivers of webhooks need it

    return base64.b64encode(hmac.digest(key.reveal().encode(), body, "sha256")).decode()


def is_signed(body: bytes, signature: str, key: Secret) -> bool:
    """Whether a body has this signature; the comparison takes the same time for each."""
    import hmac  # noqa: PLC0415 - as above

    return hmac.compare_digest(sign(body, key).encode(), signature.encode("utf-8", "replace"))
