"""haproxy in its master and worker mode, before the service."""

import signal

from tests.servers.site import Kind, Place

__all__ = ["HAProxy"]

_CONFIGURATION = """
global
    stats socket {folder}/admin.sock level admin expose-fd listeners
    hard-stop-after 5s

defaults
    mode http
    retries 0
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive {milliseconds}ms

frontend clients
    bind 127.0.0.1:{port}
    http-response set-header X-Worker %pid
    default_backend service

backend service
    server service 127.0.0.1:{backend}
"""


class HAProxy(Kind):
    """haproxy, which reloads by starting a new worker and letting the old one end."""

    name = needs = "haproxy"
    install = "apt-get install haproxy"
    role = "reverse"
    reload = signal.SIGUSR2

    def command(self, place: Place) -> list[str]:
        """Writes its configuration, and returns the command that starts it in the foreground."""
        text = _CONFIGURATION.format(
            folder=place.folder,
            port=place.port,
            backend=place.backend,
            milliseconds=round(place.keep_alive * 1000),
        )
        return ["haproxy", "-W", "-db", "-f", place.write("haproxy.cfg", text)]
