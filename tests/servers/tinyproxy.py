"""tinyproxy as the client's proxy, with Basic authentication: tunnels, and plain requests."""

import signal

from tests.servers.site import PASSWORD, USER, Kind, Place

__all__ = ["Tinyproxy", "TinyproxyTunnel"]

_CONFIGURATION = """
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 100
Allow 127.0.0.1
BasicAuth {user} {password}
LogLevel Error
PidFile "{folder}/tinyproxy.pid"
"""


class Tinyproxy(Kind):
    """tinyproxy that is given plain requests; it keeps no connection."""

    name = needs = "tinyproxy"
    install = "apt-get install tinyproxy"
    role = "forward"
    reload = signal.SIGUSR1

    def command(self, place: Place) -> list[str]:
        """Writes its configuration, and returns the command that starts it in the foreground."""
        text = _CONFIGURATION.format(
            port=place.port, folder=place.folder, user=USER, password=PASSWORD
        )
        return ["tinyproxy", "-d", "-c", place.write("tinyproxy.conf", text)]


class TinyproxyTunnel(Tinyproxy):
    """tinyproxy that opens tunnels."""

    name = "tinyproxy-tunnel"
    is_secure = True
