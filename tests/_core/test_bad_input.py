"""Bad input: a clear error of ours before anything is sent, without the value in it."""

import itertools
import traceback
from datetime import datetime
from typing import Any

import pytest

from boxapis import (
    BoxC,
    BoxTracker,
    ConfigurationError,
    Limits,
    Secret,
    SessionTiming,
    Timeouts,
)
from boxapis._core.clock import clocked
from boxapis.transports import DirectTransport, ScriptedTransport
from tests.support.doubles import JOB_SITES, FakeClock, FakeTracker
from tests.support.paths import is_package_code

SECRET = "Zq9X-secret"


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("", SECRET), {}),
        ((None, SECRET), {}),
        (("user", ""), {}),
        (("user", None), {}),
        (("user", SECRET.encode()), {}),
        (("user", SECRET + "\ud800"), {}),
        (("user", SECRET), {"base_url": "http://example.com/controller.html"}),
        (("user", SECRET), {"base_url": "https://user:Zq9X-secret@example.com/"}),
        (("user", SECRET), {"base_url": "https://example.com/?password=Zq9X-secret"}),
        (("user", SECRET), {"base_url": "ftp://example.com/"}),
        (("user", SECRET), {"base_url": "no address"}),
        (("user", SECRET), {"base_url": None}),
        (("user", SECRET), {"method": "PUT"}),
        (("user", SECRET), {"proxy": "Zq9X-secret"}),
        (("user", SECRET), {"transport": object()}),
        (("user", SECRET), {"transport": ScriptedTransport(), "proxy": "http://127.0.0.1:1"}),
    ],
    ids=(f"case {number}" for number in itertools.count(1)),
)
def test_box_tracker_options(arguments: tuple[Any, Any], options: dict[str, Any]) -> None:
    """A wrong option of BoxTracker is an error when the client is made."""
    with pytest.raises(ConfigurationError) as caught:
        BoxTracker(*arguments, **options)
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"token": SECRET, "base_url": "http://api.example.com/v1"},
        {"token": SECRET, "accounts_url": "http://accounts.example.com"},
    ],
    ids=(f"case {number}" for number in itertools.count(1)),
)
def test_boxc_options(options: dict[str, Any]) -> None:
    """A wrong option of BoxC is an error when the client is made; the value is not shown."""
    with pytest.raises(ConfigurationError) as caught:
        BoxC(**options)
    assert SECRET not in shown(caught.value)


def shown(error: BaseException) -> str:
    """Everything a crash reporter would print of an error: its text, and the locals of frames."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    ours = [frame for frame in frames if is_package_code(frame.filename)]
    return f"{error} {error!r} {error.__dict__} {[frame.locals for frame in ours]}"


@pytest.mark.parametrize(
    ("password", "session_key"),
    [(None, None), (SECRET, SECRET), ("", None), (None, ""), (5, None)],
)
async def test_customer_handshake(
    client: BoxTracker, server: FakeTracker, password: Any, session_key: Any
) -> None:
    """Exactly one of password and key; neither may be empty."""
    with pytest.raises(ConfigurationError) as caught:
        await client.handshakes.customer("jane", password, session_key=session_key)
    assert SECRET not in shown(caught.value)
    assert server.requests == []


@pytest.mark.parametrize(
    ("username", "password", "session_key"),
    [("", SECRET, None), ("jane", None, None), ("jane", "", None), ("jane", SECRET, "")],
)
async def test_customer_object(
    client: BoxTracker, username: str, password: Any, session_key: Any
) -> None:
    """`Customer` takes a password and a key together, but not neither."""
    with pytest.raises(ConfigurationError) as caught:
        client.customer(username, password, session_key=session_key)
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "command",
        "username",
        "username_api",
        "password",
        "password_customer",
        "session_key_api",
        "session_key_customer",
        "session_key",
        "key",
    ],
)
async def test_reserved_arguments(client: BoxTracker, server: FakeTracker, name: str) -> None:
    """Session arguments are added by the client, and refused from the caller."""
    customer = client.customer("jane", "jane-password")
    with pytest.raises(ConfigurationError, match=name) as caught:
        await customer.command(JOB_SITES, **{name: SECRET})
    assert SECRET not in shown(caught.value)
    assert server.requests == []


@pytest.mark.parametrize(
    "value",
    [
        [SECRET],
        {"a": SECRET},
        SECRET.encode(),
        float("nan"),
        float("inf"),
        object(),
        1j,
        datetime(2024, 1, 5),  # noqa: DTZ001 - refused with and without a zone
        SECRET + "\udc00",
    ],
    ids=(f"case {number}" for number in itertools.count(1)),
)
async def test_argument_types(client: BoxTracker, server: FakeTracker, value: Any) -> None:
    """An argument of a wrong type is refused by name and type; its value is not shown."""
    customer = client.customer("jane", "jane-password")
    with pytest.raises(ConfigurationError, match="'search'") as caught:
        await customer.command(JOB_SITES, search=value)
    assert SECRET not in shown(caught.value)
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cmdBoxTPortalHandShake", "handshakes.portal"),
        ("cmdBoxTPortalCustomerHandShake", "customer.handshake"),
        ("cmdBoxTPortalCustomerLogOut", "customer.logout"),
        ("cmdBoxTWebAPIHandShake", "handshakes.web_api"),
        ("cmdBoxTWebAPIPricing", "on the BoxTracker itself"),
        ("jobsites", "not a command"),
        (5, "not a command"),
    ],
)
async def test_commands_that_belong_elsewhere(
    client: BoxTracker, server: FakeTracker, name: Any, hint: str
) -> None:
    """A command with a method of its own, or of the other API, is refused by naming the method."""
    with pytest.raises(ConfigurationError, match=hint):
        await client.customer("jane", "jane-password").command(name)
    assert server.requests == []


async def test_portal_command_on_the_client(client: BoxTracker) -> None:
    """A portal command needs a customer."""
    with pytest.raises(ConfigurationError, match="tracker.customer"):
        await client.command(JOB_SITES, offset=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Timeouts(connect=0),
        lambda: Timeouts(read=float("inf")),
        lambda: Timeouts(total="60"),  # type: ignore[arg-type]  # the wrong type is the test
        lambda: Limits(max_connections=0),
        lambda: Limits(max_connections=1.5),  # type: ignore[arg-type]  # as above
        lambda: Limits(max_connections=True),
        lambda: SessionTiming(margin=300),
        lambda: SessionTiming(idle_limit=-1),
    ],
    ids=(f"case {number}" for number in itertools.count(1)),
)
def test_options(make: Any) -> None:
    """Options are checked when they are made."""
    with pytest.raises(ConfigurationError):
        make()


def test_missing_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing variable is named."""
    for name in ("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD", "BOXC_TOKEN", "BOXC_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match="BOXTRACKER_USERNAME and BOXTRACKER_PASSWORD"):
        BoxTracker.from_env()
    with pytest.raises(ConfigurationError, match="BOXC_TOKEN"):
        BoxC.from_env()
    monkeypatch.setenv("BOXC_CLIENT_ID", "client")
    monkeypatch.delenv("BOXC_CLIENT_SECRET", raising=False)
    with pytest.raises(ConfigurationError, match="BOXC_CLIENT_SECRET"):
        BoxC.from_env()


async def test_environment(monkeypatch: pytest.MonkeyPatch, time: FakeClock) -> None:
    """Clients made from the environment use the addresses it gives."""
    server = FakeTracker(time)
    monkeypatch.setenv("BOXTRACKER_USERNAME", "api-user")
    monkeypatch.setenv("BOXTRACKER_PASSWORD", "api-password")
    monkeypatch.setenv("BOXTRACKER_BASE_URL", "http://127.0.0.1:9/other.html")
    async with BoxTracker.from_env(transport=server) as tracker:
        await tracker.handshakes.portal()
    assert server.requests[0].target.startswith("/other.html?")
    monkeypatch.setenv("BOXC_TOKEN", "token")
    monkeypatch.setenv("BOXC_BASE_URL", "http://127.0.0.1:9/v2")
    script = ScriptedTransport([{"shops": []}])
    async with BoxC.from_env(transport=script) as boxc:
        await boxc.request("GET", "/shops")
    assert script.requests[0].target == "/v2/shops"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_arguments_on_the_wire(time: FakeClock, server: FakeTracker, method: Any) -> None:
    """Each accepted type is written in one way; GET sends it in the query, POST in a form body."""
    from datetime import date  # noqa: PLC0415 - used here alone
    from decimal import Decimal  # noqa: PLC0415 - as above

    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, method=method
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await customer.command(
            "cmdBoxTPortalReportDetails",
            sortBy="a&b=c +%é\n",
            filterBy=Secret("s&"),
            report_id=7,
            year=1e16,
            month=Decimal("1.10"),
            chkYes=True,
            chkNo=False,
            startDate=date(2024, 1, 5),
            endDate=None,
        )
    sent = server.requests[-1]
    given = {key: value for key, value in sent.arguments.items() if "key" not in key}
    assert given == {
        "command": "cmdBoxTPortalReportDetails",
        "username_api": "api-user",
        "username_customer": "jane",
        "sortBy": "a&b=c +%é\n",
        "filterBy": "s&",
        "report_id": "7",
        "year": "10000000000000000",
        "month": "1.10",
        "chkYes": "1",
        "chkNo": "0",
        "startDate": "Jan 05, 2024",
    }
    in_query = method == "GET"
    assert ("?" in sent.target) is in_query
    assert (sent.body is None) is in_query


async def test_customer_id(client: BoxTracker, server: FakeTracker) -> None:
    """``customer_id`` is added where the command needs it; the caller's own takes precedence."""
    customer = client.customer("jane", "jane-password")
    with_it = await customer.command(JOB_SITES, offset=0)
    without = await customer.command("cmdBoxTPortalJobsiteData", jobsite_id=0)
    own = await customer.command(JOB_SITES, offset=0, customer_id=5)
    assert with_it["arguments"]["customer_id"] == "13913"
    assert "customer_id" not in without["arguments"]
    assert own["arguments"]["customer_id"] == "5"


async def test_default_transport() -> None:
    """Without a transport a client uses the direct one, and closes it."""
    tracker = BoxTracker("user", SECRET)
    assert isinstance(tracker._account.dispatcher.transport, DirectTransport)
    await tracker.aclose()
    assert repr(tracker) == "<BoxTracker www.dumpster.software, closed>"
