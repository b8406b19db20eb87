"""What others on the network see: a tunnelling proxy, and the target of a redirect."""

import re
from collections.abc import Iterator

from tests.canaries.channels.channel import Channel, Happening

_ITS_OWN = re.compile(rb"Proxy-Authorization: [^\r]*", re.IGNORECASE)


class Proxies(Channel):
    """A CONNECT proxy sees the tunnel's target and its own password, and only TLS after that."""

    def texts(self, happening: Happening) -> Iterator[bytes]:
        """The bytes it saw, without its own password."""
        for piece in happening.tunnelled:
            yield _ITS_OWN.sub(b"", piece)


class Redirects(Channel):
    """No request follows a redirect, and none has a Referer or a Cookie."""

    def texts(self, happening: Happening) -> Iterator[str | bytes]:
        """The Referer and Cookie lines of all requests, and what the redirect's target received."""
        for request in happening.received:
            for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n"):
                if line.lower().startswith((b"referer:", b"cookie:", b"cookie2:")):
                    yield line
