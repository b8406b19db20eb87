"""Base URLs: which hosts may receive secrets, and which may not."""

import pytest

from boxapis._http.messages import Origin, parse_base_url
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

FORM = "must look like https://host/path"
EXTRAS = "must not carry a user, a password, a query or a fragment"
PLAIN = "must be plain ASCII without spaces"
CLEAR = "must use https"


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://api.boxc.com/v1", ("https", "api.boxc.com", 443), "/v1"),
        ("https://api.boxc.com/v1/", ("https", "api.boxc.com", 443), "/v1"),
        ("https://api.boxc.com", ("https", "api.boxc.com", 443), ""),
        ("https://api.boxc.com/", ("https", "api.boxc.com", 443), ""),
        ("https://api.boxc.com:/", ("https", "api.boxc.com", 443), ""),
        ("https://api.boxc.com:8443/a/b", ("https", "api.boxc.com", 8443), "/a/b"),
        ("https://api.boxc.com:65535", ("https", "api.boxc.com", 65535), ""),
        ("HTTPS://API.BoxC.com/V1", ("https", "api.boxc.com", 443), "/V1"),
        ("https://192.0.2.7/x", ("https", "192.0.2.7", 443), "/x"),
        ("https://[2001:db8::7]:444/x", ("https", "2001:db8::7", 444), "/x"),
        ("http://localhost:8000", ("http", "localhost", 8000), ""),
        ("http://LOCALHOST", ("http", "localhost", 80), ""),
        ("http://127.0.0.1:8000/v1", ("http", "127.0.0.1", 8000), "/v1"),
        ("http://127.8.9.1", ("http", "127.8.9.1", 80), ""),
        ("http://[::1]", ("http", "::1", 80), ""),
        ("http://[::1]:8000/v1", ("http", "::1", 8000), "/v1"),
    ],
)
def test_accepted(url: str, origin: tuple[str, str, int], path: str) -> None:
    """``https`` anywhere, ``http`` on this machine; the path without its last slash."""
    assert parse_base_url(url) == (Origin(*origin), path)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", FORM),
        ("zq9x", FORM),
        ("zq9x.example/v1", FORM),
        ("//zq9x.example/v1", FORM),
        ("ftp://zq9x.example", FORM),
        ("httpss://zq9x.example", FORM),
        ("https://", FORM),
        ("https:///zq9x", FORM),
        ("https://:443/zq9x", FORM),
        ("https://zq9x.example:0/", FORM),
        ("https://zq9x.example:65536/", FORM),
        ("https://zq9x.example:-1/", FORM),
        ("https://zq9x.example:http/", FORM),
        ("https://[zq9x", FORM),
        ("https://[zq9x::1", FORM),
        ("https://zq9x@h.example/", EXTRAS),
        ("https://zq9x:pw@h.example/", EXTRAS),
        ("https://:zq9x@h.example/", EXTRAS),
        ("https://h.example/?key=zq9x", EXTRAS),
        ("https://h.example/#zq9x", EXTRAS),
        ("https://zq9x.example/a b", PLAIN),
        (" https://zq9x.example", PLAIN),
        ("https://zq9x.example\n", PLAIN),
        ("https://zq9x.example/\r\nHost: h", PLAIN),
        ("https://zq9x.example/\x7f", PLAIN),
        ("https://zq9xé.example", PLAIN),
        ("https://zq9x.example/é", PLAIN),
        ("http://zq9x.example", CLEAR),
        ("http://zq9x.example:443", CLEAR),
        ("http://localhost.zq9x.example", CLEAR),
        ("http://zq9xlocalhost", CLEAR),
        ("http://10.0.0.1/zq9x", CLEAR),
        ("http://0.0.0.0/zq9x", CLEAR),
        ("http://2130706433/zq9x", CLEAR),
        ("http://[::]/zq9x", CLEAR),
        ("http://[2001:db8::1]/zq9x", CLEAR),
    ],
    ids=ascii,
)
def test_refused(url: str, why: str) -> None:
    """Everything else is refused with a reason, which does not show the URL."""
    with pytest.raises(ConfigurationError, match=f"^the base URL {why}") as caught:
        parse_base_url(url)
    assert "zq9x" not in str(caught.value).lower()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_secret_is_taken() -> None:
    """The URL may be a `Secret`, since a mistaken one may hold a password."""
    origin = Origin("https", "api.boxc.com", 443)
    assert parse_base_url(Secret("https://api.boxc.com/v1/")) == (origin, "/v1")
    with pytest.raises(ConfigurationError, match=EXTRAS):
        parse_base_url(Secret("https://zq9x:pw@h.example/"))


@pytest.mark.parametrize("url", [None, 5, b"https://h.example", ["https://h.example"]], ids=repr)
def test_no_text(url: str) -> None:
    """A URL that is not text is refused like any other bad one."""
    with pytest.raises(ConfigurationError, match=FORM):
        parse_base_url(url)
