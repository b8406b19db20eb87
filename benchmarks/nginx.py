"""nginx in front of the origin: TLS towards the client, kept connections towards the origin.

It runs as one process on the origin's core. Everything that is not written here is nginx's default,
so it ends each connection of a client after 1000 requests, as it does elsewhere.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

__all__ = ["Nginx", "is_installed"]

_CONFIGURATION: Final = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream origin {{ server {origin}; keepalive 1000; }}
    server {{
        listen 127.0.0.1:{port} ssl backlog=4096;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        location / {{
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://origin;
        }}
    }}
}}
"""
_TRIES: Final = 500
_PAUSE: Final = 0.02


def is_installed() -> bool:
    """Whether nginx is there, also where the path of root alone leads."""
    return _program() is not None


def _program() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/local/sbin:/usr/sbin")


class Nginx:
    """A running nginx.

    Args:
        origin: URL of the origin, over plain HTTP.
        certificate: File with key and certificates.
        core: Core to run on; empty for any.

    Raises:
        TimeoutError: it does not listen.
    """

    def __init__(self, origin: str, certificate: str, core: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        port = _free_port()
        self.url = f"https://127.0.0.1:{port}"
        file = Path(self._folder.name, "nginx.conf")
        text = _CONFIGURATION.format(
            folder=self._folder.name,
            user="user root;" if os.geteuid() == 0 else "",
            origin=origin.removeprefix("http://"),
            port=port,
            certificate=certificate,
        )
        file.write_text(text, encoding="utf-8")
        command = [_program() or "nginx", "-p", self._folder.name, "-c", str(file)]
        self._process = subprocess.Popen(command)
        if core:
            os.sched_setaffinity(self._process.pid, {int(core)})
        self._wait_until_listening(port)

    def _wait_until_listening(self, port: int) -> None:
        for _ in range(_TRIES):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(_PAUSE)
            else:
                return
        self.close()
        raise TimeoutError("nginx does not listen")

    def close(self) -> None:
        """Ends the process and deletes its files."""
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port
