"""granian, whose HTTP is hyper's, with two worker processes."""

import sys

from tests.servers.site import Place, PythonServer

__all__ = ["Granian"]


class Granian(PythonServer):
    """granian, which reloads by starting new workers and ending the old ones."""

    name = needs = "granian"

    def command(self, place: Place) -> list[str]:
        """Returns the command that starts it."""
        limit = f"--http1-header-read-timeout={round(place.keep_alive * 1000)}"
        options = ["--interface=asgi", f"--port={place.port}", "--workers=2", limit]
        options.append("--workers-kill-timeout=1")
        application = "tests.servers.application:asgi"
        return [sys.executable, "-m", "granian", *options, application]
