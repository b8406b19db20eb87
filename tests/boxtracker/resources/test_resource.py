"""The base of the resources: lazy imports, views, raw calls, sessions and the sums of rules."""

import asyncio
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from attrs import frozen

from boxapis import BoxTracker, InvalidResponseError, Limits, OutcomeUnknownError
from boxapis._core.clock import clocked
from boxapis._core.lazy_resource import Lazy
from boxapis._sansio.boxtracker.days import parse_day
from boxapis._sansio.boxtracker.nested_json import expand
from boxapis.boxtracker._resource import Resource
from boxapis.boxtracker._resources import CustomerResources, TrackerResources
from boxapis.boxtracker.profile import Profile
from boxapis.transports import ScriptedTransport
from tests.support.doubles import FakeClock, FakeTracker, closed_later, handshakes
from tests.support.scripted_customer import scripted_customer, scripted_tracker

pytestmark = pytest.mark.usefixtures("closing")

NAMES = [name for name, value in vars(CustomerResources).items() if isinstance(value, Lazy)]
TRACKER_NAMES = [name for name, value in vars(TrackerResources).items() if isinstance(value, Lazy)]
SITE = "cmdBoxTPortalJobsiteData"


def test_resources_are_found() -> None:
    """The checks below see every resource."""
    assert len(NAMES) >= 5


@pytest.mark.parametrize("name", [*NAMES, *TRACKER_NAMES])
def test_a_resource_is_imported_at_its_first_use(name: str) -> None:
    """No resource is loaded with the client, and each is there when it is asked for."""
    owner = "tracker" if name in TRACKER_NAMES else "customer"
    code = (
        "import sys; from boxapis import BoxTracker\n"
        "from boxapis.transports import ScriptedTransport\n"
        "tracker = BoxTracker('a', 'b', transport=ScriptedTransport())\n"
        "customer = tracker.customer('c', 'd')\n"
        f"print('boxapis.boxtracker.{name}' in sys.modules, {owner}.{name}.__class__.__module__)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["False", f"boxapis.boxtracker.{name}"]


@pytest.mark.parametrize("name", [*NAMES, *TRACKER_NAMES])
def test_attributes(name: str) -> None:
    """A resource is documented, has the annotated class, and cannot be replaced."""
    owner: Any = scripted_customer()[0] if name in NAMES else scripted_tracker()[0]
    resources = CustomerResources if name in NAMES else TrackerResources
    assert type(getattr(owner, name)).__name__ == resources.__annotations__[name]
    assert f"{name}: " in str(resources.__doc__)
    with pytest.raises(AttributeError):
        setattr(owner, name, None)


async def test_views_have_their_own_resources() -> None:
    """A resource of a view makes calls with the view's options."""
    traces: list[Any] = []
    body = {"customerObj": {"Name": "Jane"}}
    customer, _ = scripted_customer(body, body)
    await customer.with_options(trace=traces.append).profile.get()
    await customer.profile.get()
    assert [trace.operation for trace in traces] == ["cmdBoxTPortalCustomerData"]


async def test_raw() -> None:
    """A raw call of a resource returns the value with the response that it was read from."""
    customer, _ = scripted_customer({"customerObj": {"Name": "Jane"}}, {})
    raw = await customer.raw.profile.get()
    assert (raw.status, raw.decoded) == (200, Profile(name="Jane"))
    assert raw.body == b'{"status":200,"customerObj":{"Name":"Jane"}}'
    assert (await customer.raw.cards.make_primary(7)).decoded is None


def test_raw_has_resources_only() -> None:
    """Other names are no attributes of ``raw``; a customer's resources are none of the client's."""
    customer, _ = scripted_customer()
    for name in ("nothing", "_caller_", "with_options"):
        with pytest.raises(AttributeError, match=name):
            getattr(customer.raw, name)
    tracker = closed_later(BoxTracker("a", "b", transport=ScriptedTransport()))
    with pytest.raises(AttributeError, match="profile"):
        _ = tracker.raw.profile


@pytest.mark.parametrize("connections", [5, 1000])
async def test_a_thousand_tasks(time: FakeClock, server: FakeTracker, connections: int) -> None:
    """1,000 tasks that call typed methods make one handshake, and each gets its own record."""

    def answer(request: Any) -> Any:
        if request.operation != SITE:
            return None
        status = server._use(request.arguments["session_key_customer"])
        number = request.arguments["jobsite_id"]
        site = {"status": 200, "jobSiteObj": {"ID": number, "JobName": f"Job {number}"}}
        return site if status is None else {"status": status}

    server.answers.append(answer)
    limits = Limits(max_connections=connections)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, limits=limits
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        numbers = range(1, 1001)
        sites = await asyncio.gather(*(customer.job_sites.get(number) for number in numbers))
        assert [site.job_name for site in sites] == [f"Job {number}" for number in numbers]
        assert handshakes(server) == (1, 1)
        server.expire_all()
        sites = await asyncio.gather(*(customer.job_sites.get(number) for number in numbers))
        assert [site.job_name for site in sites] == [f"Job {number}" for number in numbers]
    assert handshakes(server)[1] == 2


async def test_keep_alive_watches_typed_calls(time: FakeClock, server: FakeTracker) -> None:
    """A session that typed calls use is kept alive as one that commands use."""
    server.answers.append(
        lambda request: (
            {"status": 200, "customerObj": {}}
            if request.operation == "cmdBoxTPortalCustomerData"
            else None
        )
    )
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, keep_alive=True
    ) as tracker:
        first = tracker.customer("jane", "jane-password")
        await first.handshake()
        held = tracker.customer("jane", session_key=first.session_key)
        await held.profile.get()
        assert tracker._keep_alive is not None
        assert held._session in tracker._keep_alive._failures


@pytest.mark.parametrize("body", [{}, {"customerObj": None}, {"customerObj": []}])
async def test_missing_records(body: dict[str, Any]) -> None:
    """F43: a response without the record is an error that names its place."""
    customer, _ = scripted_customer(body)
    with pytest.raises(InvalidResponseError) as caught:
        await customer.profile.get()
    assert caught.value.path == "$.customerObj"


@frozen(kw_only=True)
class Ordered:
    """A value of the web API."""

    pair: tuple[int, ...] = ()
    inner: dict[str, Any] | None = None


class Orders(Resource):
    """A resource of the web API, as the client will have some."""

    async def price(self) -> Ordered:
        """A read."""
        return await self._read(Ordered, "", "cmdBoxTWebAPIPricing", {"zipPostalCode": "03060"})

    async def book(self) -> Ordered:
        """A change."""
        return await self._read(Ordered, "", "cmdBoxTWebAPIDirectBooking", {"mode": "LIVE"})


def orders(*answers: Any) -> Orders:
    """The resource, with answers after its handshake."""
    transport = ScriptedTransport([{"status": 200, "key": "web-key"}, *answers])
    return Orders(closed_later(BoxTracker("a", "b", transport=transport))._caller)


async def test_json_inside_of_text() -> None:
    """In answers of the web API, text that is a JSON array or object is read as one."""
    answer = {"status": "200", "pair": "[1, 2]", "errorString": ""}
    assert await orders(answer).price() == Ordered(pair=(1, 2))


async def test_a_misshapen_answer_to_a_change() -> None:
    """A change whose success cannot be read may have been carried out."""
    with pytest.raises(OutcomeUnknownError):
        await orders({"status": 200, "pair": 5}).book()


EXPANDED: tuple[tuple[Any, Any], ...] = (
    ('{"a": ["1"]}', {"a": ["1"]}),
    (["[1]", {"a": "[2]"}], [[1], {"a": [2]}]),
    ("[92612999900000000000001]", [92612999900000000000001]),
)
UNCHANGED = ("[sic]", "{x", "5", '"x"', "null", "[NaN]", 5, None, True, "[" * 100_000)


@pytest.mark.parametrize(("value", "expected"), EXPANDED, ids=["object", "nested", "long number"])
def test_json_in_text_is_decoded(value: Any, expected: Any) -> None:
    """JSON in text is decoded, with integers of any length."""
    assert expand(value) == expected


def test_other_text_stays() -> None:
    """Text that is no JSON array or object stays as it is."""
    assert [expand(value) for value in UNCHANGED] == list(UNCHANGED)


DAYS = ("Jan 05, 2024", "Jan 5, 2024", "2024-01-05", " jan 05, 2024 ")
NO_DAYS = ("", "0000-00-00", "Feb 30, 2024", "May", "5/1/2024", None, "Foo 05, 2024", 20240105)


def test_days() -> None:
    """A day is read in the forms of portal and web API; another form is None and no error."""
    assert [parse_day(text) for text in DAYS] == [date(2024, 1, 5)] * len(DAYS)
    assert [parse_day(text) for text in NO_DAYS] == [None] * len(NO_DAYS)
