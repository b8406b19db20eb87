"""squid as the client's proxy, with Basic authentication: tunnels, and plain requests."""

from tests.servers.site import PASSWORD, USER, Kind, Place

__all__ = ["Squid", "SquidTunnel"]

# Started by root, squid becomes another user, who can reach no file in the folder of a test.
_CONFIGURATION = """
configuration_includes_quoted_values on
http_port 127.0.0.1:{port}
{user}
visible_hostname proxy.invalid
pid_filename none
cache_log /dev/null
access_log none
cache deny all
pinger_enable off
max_filedescriptors 1024
shutdown_lifetime 0 seconds
client_idle_pconn_timeout {seconds} seconds
auth_param basic program /bin/sh -c "{helper}"
auth_param basic children 1 startup=1 idle=1
acl users proxy_auth REQUIRED
http_access allow users
http_access deny all
"""

_HELPER = (
    f"while read line; do case $line in '{USER} {PASSWORD}') echo OK;; *) echo ERR;; esac; done"
)


class Squid(Kind):
    """squid that is given plain requests; it closes its port for a moment when it reloads."""

    name = needs = "squid"
    install = "apt-get install squid"
    role = "forward"
    keeps_reads = False

    def command(self, place: Place) -> list[str]:
        """Writes its configuration, and returns the command that starts it in the foreground."""
        text = _CONFIGURATION.format(
            port=place.port,
            user=place.as_root("cache_effective_user daemon"),
            seconds=place.seconds,
            helper=_HELPER,
        )
        # Its shared memory bears the name of the service.
        return ["squid", "-N", "-n", f"boxapis{place.port}", "-f", place.write("squid.conf", text)]


class SquidTunnel(Squid):
    """squid that opens tunnels."""

    name = "squid-tunnel"
    is_secure = True
