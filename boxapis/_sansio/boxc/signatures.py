"""Signatures of webhook deliveries: Base64 of HMAC-SHA256 over the bytes of the body; digests.

Manual: https://docs.boxc.com/#tag/Webhooks.
"""

import base64

from boxapis.secret import Secret

__all__ = ["digest", "is_signed", "sign"]


def sign(body: bytes, key: Secret) -> str:
    """Returns the signature of a body, 44 characters, as in ``X-BoxC-Hmac-SHA256``."""
    import hmac  # noqa: PLC0415 - brings OpenSSL along, and only receivers of webhooks need it

    return base64.b64encode(hmac.digest(key.reveal().encode(), body, "sha256")).decode()


def is_signed(body: bytes, signature: str, key: Secret) -> bool:
    """Whether a body has this signature; the comparison takes the same time for each."""
    import hmac  # noqa: PLC0415 - as above

    return hmac.compare_digest(sign(body, key).encode(), signature.encode("utf-8", "replace"))


def digest(topic: str, account: str, body: bytes) -> str:
    """Returns the SHA-256 of a delivery, 64 hexadecimal digits; each text has its length before it.

    Without the lengths, letters could move from topic to account to body and leave it as it is.
    """
    import hashlib  # noqa: PLC0415 - as above

    head = f"{len(topic)}:{topic},{len(account)}:{account},"
    return hashlib.sha256(head.encode("utf-8", "surrogatepass") + body).hexdigest()
