"""Composed sample answers of Box Tracker, in both dialects, each with its expected value."""

from typing import Any

import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxtracker.commands import Handshake, decode, decode_handshake
from boxapis.boxtracker._client import BoxTracker
from boxapis.boxtracker.handshakes import CustomerHandshake, PortalHandshake, WebApiHandshake
from boxapis.secret import Secret
from boxapis.transports.scripted import ScriptedTransport
from tests.support.doubles import closed_later
from tests.support.paths import SAMPLES

FOLDER = SAMPLES / "boxtracker"

pytestmark = pytest.mark.usefixtures("closing")

DIALECTS = ("documented", "observed")
LIST = "cmdBoxTPortalJobsiteList"

PORTAL_KEY = "a1B2c3D4e5F6g7H8i9"
CUSTOMER_KEY = "j1K2l3M4n5O6p7Q8r9"
WEB_KEY = "s1T2u3V4w5X6y7Z8a9"


def answer(name: str) -> Response:
    """A sample as a response, with the media type of the address it comes from."""
    return Response(200, (("Content-Type", "text/html"),), FOLDER.joinpath(name).read_bytes())


def tracker(*names: str) -> BoxTracker:
    """A client that is answered with samples."""
    transport = ScriptedTransport(map(answer, names))
    return closed_later(BoxTracker("api", "password", transport=transport))


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_portal_handshake(dialect: str) -> None:
    """The API key under either name."""
    client = tracker(f"portal_handshake_{dialect}.json")
    expected = PortalHandshake(session_key=Secret(PORTAL_KEY), extra={})
    assert await client.handshakes.portal() == expected


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_customer_handshake(dialect: str) -> None:
    """The customer's key and number, as a number or as text."""
    client = tracker(f"portal_handshake_{dialect}.json", f"customer_handshake_{dialect}.json")
    expected = CustomerHandshake(session_key=Secret(CUSTOMER_KEY), customer_id=13913, extra={})
    assert await client.handshakes.customer("jane", "password") == expected


@pytest.mark.parametrize(
    ("dialect", "classes"), [("documented", ("Jefferson", "Orleans")), ("observed", ())]
)
async def test_web_api_handshake(dialect: str, classes: tuple[str, ...]) -> None:
    """The key, and the tax selectors that the vendor's own client does not read."""
    client = tracker(f"web_api_handshake_{dialect}.json")
    expected = WebApiHandshake(session_key=Secret(WEB_KEY), txn_classes=classes, extra={})
    assert await client.handshakes.web_api() == expected


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("name", "key", "number"),
    [
        ("portal_handshake", PORTAL_KEY, None),
        ("customer_handshake", CUSTOMER_KEY, 13913),
        ("web_api_handshake", WEB_KEY, None),
    ],
)
def test_both_dialects_mean_the_same(dialect: str, name: str, key: str, number: int | None) -> None:
    """Both dialects give the same key and number."""
    handshake = decode_handshake(answer(f"{name}_{dialect}.json"), "cmdTest", lambda: ())
    assert isinstance(handshake, Handshake)
    assert handshake.key == key
    assert handshake.customer_id == number


FIRST: dict[str, Any] = {
    "JobName": "Main Street",
    "Address": "1 Main Street",
    "City": "Manchester",
    "State": "NH",
    "Zip": "03101",
}
SECOND: dict[str, Any] = {
    "JobName": "",
    "Address": "2 Elm Street",
    "City": "Bedford",
    "State": "NH",
    "Zip": "03110",
}
DOCUMENTED = {
    "status": 200,
    "errorString": "",
    "jobSiteObjList": {
        "101": FIRST
        | {"ID": 101, "ContainersOnSite": [{"ID": 7, "ContainerID": "20-007"}], "Validated": 1},
        "102": SECOND | {"ID": 102, "Validated": 0},
    },
}
OBSERVED = {
    "status": "200",
    "errorString": "",
    "jobSiteObjList": [
        FIRST
        | {"ID": "101", "ContainersOnSite": [{"ID": "7", "ContainerID": "20-007"}]}
        | {"Validated": "1"},
        SECOND | {"ID": "102", "Validated": "0"},
    ],
    "recordCount": "2",
    "offset": "2",
}


@pytest.mark.parametrize(
    ("dialect", "expected"), [("documented", DOCUMENTED), ("observed", OBSERVED)], ids=DIALECTS
)
def test_job_sites(dialect: str, expected: dict[str, Any]) -> None:
    """A command returns the whole answer unchanged, in either dialect."""
    assert decode(answer(f"jobsite_list_{dialect}.json"), LIST, "read", lambda: ()) == expected


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_job_sites_through_a_client(dialect: str) -> None:
    """The same behind two handshakes of the same dialect."""
    client = tracker(
        *(
            f"{name}_{dialect}.json"
            for name in ("portal_handshake", "customer_handshake", "jobsite_list")
        )
    )
    customer = client.customer("jane", "password")
    body = await customer.command(LIST, offset=0)
    assert len(body["jobSiteObjList"]) == 2
    assert customer.customer_id == 13913


def test_every_sample_is_used() -> None:
    """Every sample file is used by one of the tests above."""
    names = ("portal_handshake", "customer_handshake", "web_api_handshake", "jobsite_list")
    known = {f"{name}_{dialect}.json" for name in names for dialect in DIALECTS}
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert found == known
