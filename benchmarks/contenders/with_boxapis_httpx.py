"""boxapis with `HttpxTransport`."""

import ssl

from benchmarks.contenders import with_boxapis
from boxapis import Limits
from boxapis.transports import HttpxTransport, Transport


class Contender(with_boxapis.Contender):
    """The same calls with the transport that wraps httpx."""

    def transport(self, limits: Limits, context: ssl.SSLContext | None) -> Transport | None:
        """Returns one transport for both clients."""
        return HttpxTransport(limits=limits, ssl_context=context)
