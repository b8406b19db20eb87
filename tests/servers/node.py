"""node's own HTTP server."""

from tests.servers.site import Kind, Place
from tests.support.paths import ROOT

__all__ = ["Node"]


class Node(Kind):
    """A process of node, which cannot reload."""

    name = needs = "node"
    install = "https://nodejs.org"
    is_optional = True
    reload = None

    def command(self, place: Place) -> list[str]:
        """Returns the command that starts it."""
        application = ROOT / "tests" / "servers" / "application.mjs"
        milliseconds = round(place.keep_alive * 1000)
        return ["node", str(application), str(place.port), str(milliseconds)]
