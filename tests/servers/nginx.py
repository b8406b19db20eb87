"""nginx with TLS, limits of keep-alive and gzip: a server before another one that compresses."""

from tests.servers.site import Kind, Place

__all__ = ["Nginx"]

_CONFIGURATION = """
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log stderr;
{user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream service {{ server 127.0.0.1:{backend}; keepalive 8; }}
    proxy_http_version 1.1;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        keepalive_timeout {milliseconds}ms;
        keepalive_requests 7;
        add_header X-Worker $pid;
        location / {{
            # The client asks for no compression; a server on the way has it all the same.
            proxy_set_header Accept-Encoding gzip;
            proxy_pass http://unix:{folder}/gzip.sock;
        }}
    }}
    server {{
        listen unix:{folder}/gzip.sock;
        gzip on;
        gzip_proxied any;
        gzip_types application/json;
        location / {{
            proxy_set_header Connection "";
            proxy_pass http://service;
        }}
    }}
}}
"""


class Nginx(Kind):
    """nginx, which reloads by starting new workers and letting the old ones end."""

    name = needs = "nginx"
    install = "apt-get install nginx"
    role = "reverse"
    is_secure = True

    def command(self, place: Place) -> list[str]:
        """Writes its configuration, and returns the command that starts it in the foreground."""
        text = _CONFIGURATION.format(
            folder=place.folder,
            user=place.as_root("user root;"),
            backend=place.backend,
            port=place.port,
            certificate=place.certificate,
            milliseconds=round(place.keep_alive * 1000),
        )
        return ["nginx", "-p", str(place.folder), "-c", place.write("nginx.conf", text)]
