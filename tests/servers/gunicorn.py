"""gunicorn with threads in two worker processes."""

import sys

from tests.servers.site import Place, PythonServer

__all__ = ["Gunicorn"]


class Gunicorn(PythonServer):
    """gunicorn, which reloads by starting new workers and letting the old ones end."""

    name = needs = "gunicorn"

    def command(self, place: Place) -> list[str]:
        """Returns the command that starts it."""
        workers = ["--workers=2", "--worker-class=gthread", "--threads=8", "--graceful-timeout=1"]
        options = [f"--bind=127.0.0.1:{place.port}", f"--keep-alive={place.seconds}"]
        application = "tests.servers.application:wsgi"
        return [sys.executable, "-m", "gunicorn", *options, *workers, application]
