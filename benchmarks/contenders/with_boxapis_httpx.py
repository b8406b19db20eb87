"""boxapis over HttpxTransport: everything but the wire is the library's own."""

import ssl

from benchmarks.contenders import with_boxapis
from boxapis import Limits
from boxapis.transports import HttpxTransport, Transport


class Contender(with_boxapis.Contender):
    """The same calls on the transport that wraps httpx."""

    def transport(self, limits: Limits, context: ssl.SSLContext | None) -> Transport | None:
        """One transport for both clients."""
        return HttpxTransport(limits=limits, ssl_context=context)
