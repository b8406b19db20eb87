"""What others on the way see: a tunnelling proxy, and the place a redirect would lead to."""

import re
from collections.abc import Iterator

from tests.canaries.channels.channel import Channel, Happening

_ITS_OWN = re.compile(rb"Proxy-Authorization: [^\r]*", re.IGNORECASE)


class Proxies(Channel):
    """A CONNECT proxy sees where a tunnel leads and its own password, and TLS from there on."""

    def texts(self, happening: Happening) -> Iterator[bytes]:
        """What it saw, but for its own password."""
        for piece in happening.tunnelled:
            yield _ITS_OWN.sub(b"", piece)


class Redirects(Channel):
    """Nobody is told where a request came from, or is asked because another one said so."""

    def texts(self, happening: Happening) -> Iterator[str | bytes]:
        """The Referer and Cookie lines of all requests, and what reached a stranger."""
        for request in happening.received:
            for line in request.partition(b"\r\n\r\n")[0].split(b"\r\n"):
                if line.lower().startswith((b"referer:", b"cookie:", b"cookie2:")):
                    yield line
