"""uvicorn with two worker processes."""

import json
import sys

from tests.servers.site import SERVE, Place, PythonServer

__all__ = ["Uvicorn"]


class Uvicorn(PythonServer):
    """uvicorn, which reloads by ending and starting one worker after the other."""

    name = needs = "uvicorn"

    def command(self, place: Place) -> list[str]:
        """Returns the command that starts it."""
        options = {
            "port": place.port,
            "workers": 2,
            "timeout_keep_alive": place.keep_alive,
            "timeout_graceful_shutdown": 1,
            "log_level": "warning",
        }
        return [sys.executable, "-c", SERVE, "tests.servers.application:asgi", json.dumps(options)]
