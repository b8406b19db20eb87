"""hypercorn with one worker process."""

import sys

from tests.servers.site import Place, PythonServer

__all__ = ["Hypercorn"]


class Hypercorn(PythonServer):
    """hypercorn, which cannot reload."""

    name = needs = "hypercorn"
    reload = None

    def command(self, place: Place) -> list[str]:
        """Writes its configuration, and returns the command that starts it."""
        options = f'bind = "127.0.0.1:{place.port}"\nkeep_alive_timeout = {place.keep_alive}\n'
        path = place.write("hypercorn.toml", f"{options}graceful_timeout = 1\n")
        return [sys.executable, "-m", "hypercorn", "-c", path, "tests.servers.application:asgi"]
