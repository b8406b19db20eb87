"""What `RedisStore` takes, and that no error shows the password of a URL."""

import logging
import ssl
import sys
import traceback
from typing import Any

import pytest
from redis import asyncio as library

from boxapis import ConfigurationError, Secret
from boxapis.stores import RedisStore, SQLiteStore
from boxapis.stores._redis_pool import connection_of
from boxapis.stores._redis_url import parse_redis_url
from tests.stores.fleet import draw
from tests.support.moving import run

PASSWORD = "hunter2canary"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "redis",
        "http://127.0.0.1:6379",
        "unix:///run/redis.sock",
        "redis://",
        "redis://127.0.0.1:0",
        "redis://127.0.0.1:99999",
        "redis://127.0.0.1/sessions",
        pytest.param("redis://127.0.0.1/" + 5_000 * "9", id="too many digits"),
        "redis://127.0.0.1/0?db=1",
        "redis://127.0.0.1/0#fragment",
        "redis://127.0.0.1/0 ",
        "redis://user@127.0.0.1",
        "redis://[127.0.0.1",
        "rediss://example.com?ssl_cert_reqs=none",
        "rediss://example.com?ssl_check_hostname=false",
        "rediss://example.com?ssl_ca_certs=a&decode_responses=true",
        "rediss://example.com?x",
        "rediss://bücher.example",
        "redis://example.com",
        "redis://10.0.0.1",
        "redis://127.0.0.1.example.com",
    ],
)
def test_refused_urls(url: str) -> None:
    """F216: what would be read in clear, or is not understood, is refused, and not shown."""
    with pytest.raises(ConfigurationError) as caught:
        RedisStore(url)
    assert not url.strip() or len(url) < 6 or url not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://127.0.0.1:6379/0",
        "redis://[::1]:6379",
        "rediss://example.com",
        "rediss://user:pass%20word@example.com:6380/3?ssl_ca_certs=/etc/ca.pem",
        Secret("rediss://:password@example.com"),
    ],
)
def test_accepted_urls(url: str | Secret) -> None:
    """F216: TLS to any host, and plain connections within the machine."""
    shown = repr(RedisStore(url))
    assert shown.removeprefix("<RedisStore ").removesuffix(">") in {
        *("localhost:6379", "127.0.0.1:6379", "::1:6379"),
        *("example.com:6379", "example.com:6380"),
    }


def test_plain_on_purpose() -> None:
    """F216: a network that is safe in itself is named as such."""
    assert RedisStore("redis://10.0.0.1", insecure=True).is_available


def test_tls_is_checked() -> None:
    """F216: certificate and host name are checked, whatever the library's default."""
    made = connection_of(parse_redis_url(Secret("rediss://a.example"), is_insecure=False))
    assert (made.cert_reqs, made.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    "url",
    [
        f"redis://user:{PASSWORD}@example.com",
        f"redis://user:{PASSWORD}@127.0.0.1/x",
        f"redis://user:{PASSWORD}@127.0.0.1:99999",
        f"http://user:{PASSWORD}@127.0.0.1",
    ],
)
def test_no_error_shows_the_password(url: str) -> None:
    """F222: neither the message nor the local variables of any frame have the password."""
    url_as_secret, shown = Secret(url), ""
    del url
    try:
        RedisStore(url_as_secret)
    except ConfigurationError as error:
        shown = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
    assert "the URL of RedisStore" in shown
    assert PASSWORD not in shown


def test_no_line_shows_the_password(caplog: pytest.LogCaptureFixture) -> None:
    """F222: the store, what it is made of and its log lines do not show the password."""
    caplog.set_level(logging.DEBUG)

    async def main() -> str:
        async with RedisStore(f"redis://user:{PASSWORD}@127.0.0.1:1") as store:
            with pytest.raises(Exception, match="^$"):
                await store.run(draw())
            made: Any = store.latest
            connection = connection_of(made._client._settings)
            return f"{store!r} {made._client._settings!r} {connection!r} {vars(connection)!r}"

    shown = run(main())
    assert "ConnectionError" in caplog.text
    assert PASSWORD not in caplog.text + shown


def test_either_a_url_or_a_client() -> None:
    """F216: two places, or none, are refused."""
    client: Any = library.Redis()
    with pytest.raises(ConfigurationError, match="either a url or a client"):
        RedisStore()
    with pytest.raises(ConfigurationError, match="either a url or a client"):
        RedisStore("redis://localhost", client=client)
    run(client.aclose())


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """F216: the error names the extra."""
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'boxapis\[redis\]'"):
        RedisStore("redis://localhost")


@pytest.mark.parametrize(("store", "place"), [(RedisStore, "redis://[::1]"), (SQLiteStore, "a")])
def test_pepper(store: Any, place: str) -> None:
    """F222: a pepper is kept sealed; an empty one is refused."""
    assert store(place).pepper is None
    pepper = store(place, pepper="black").pepper
    assert pepper == Secret("black")
    assert store(place, pepper=pepper).pepper == pepper
    for wrong in ("", 5):
        with pytest.raises(ConfigurationError, match="pepper"):
            store(place, pepper=wrong)
