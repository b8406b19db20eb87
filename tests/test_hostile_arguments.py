"""Arguments with code of their own are sent as exact values, or refused without a value."""

import itertools
import math
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError, Limits, Retries, Secret, Timeouts
from boxapis._sansio.boxc.json_body import encode_json
from boxapis._sansio.boxc.ratelimit import Bucket
from boxapis._sansio.text import MAX_ARGUMENTS, MAX_BODY, encode_value
from boxapis.boxtracker._customer import Customer
from boxapis.options import CallOptions
from boxapis.transports import ScriptedTransport
from tests.support.doubles import PAYMENT
from tests.support.paths import is_package_code

CARD = "4929718203645519"
WEB = "cmdBoxTWebAPIDirectBooking"


class Unbound:
    """A proxy outside of its context, as frameworks have them."""

    @property
    def __class__(self) -> Any:
        """Raises."""
        raise RuntimeError(CARD)

    @__class__.setter
    def __class__(self, kind: Any) -> None:
        """Raises, too."""
        raise RuntimeError(kind)


class Failing(Mapping[str, object]):
    """A mapping that cannot be read."""

    def __getitem__(self, name: str) -> object:
        raise MemoryError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(("api_key",))

    def __len__(self) -> int:
        return 1


class Loud(str):
    """Text whose methods add what was not given."""

    __slots__ = ()

    def __format__(self, specification: str) -> str:
        return f"{str.__str__(self)}&session_key_customer=other"

    def __str__(self) -> str:
        return "other"

    def __eq__(self, other: object) -> bool:
        return True

    def __len__(self) -> int:
        raise MemoryError

    __hash__ = str.__hash__


class Mode(str, Enum):  # noqa: UP042 - the older spelling is the one with a str of its own
    """Text with names."""

    TEST = "TEST"


class Shop(int, Enum):
    """Numbers with names."""

    NORTH = 1234567


class Count(int):
    """A number that cannot be compared."""

    def __lt__(self, other: object) -> bool:
        raise RuntimeError(CARD)

    __le__ = __gt__ = __ge__ = __eq__ = __lt__
    __hash__ = int.__hash__


class Nameless(type):
    """A type that cannot be named."""

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        """Raises."""
        raise RuntimeError(CARD)


class Strange(metaclass=Nameless):
    """A value whose type cannot be named."""


class Amount(Decimal):
    """A number with a format of its own."""

    def __format__(self, specification: str, /, context: Any = None) -> str:
        return "0&ccardNumber=1"


class Zone(tzinfo):
    """A time zone whose offset is any value, or which has none."""

    def __init__(self, offset: Any = None) -> None:
        self.offset = offset

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Returns the offset; raises what is an error."""
        if isinstance(self.offset, Exception):
            raise self.offset
        offset: timedelta | None = self.offset
        return offset

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Returns the same as the offset."""
        return self.utcoffset(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        """Raises if the offset does."""
        return str(self.utcoffset(moment))


class Hours(timedelta):
    """A span with a format of its own."""

    def __str__(self) -> str:
        return "0,secret:1"


class Day(date):
    """A date with a format of its own."""

    def isoformat(self) -> str:
        """Returns what was not given."""
        return "other"


class Moment(datetime):
    """A date and time of another library: what its fields mean is not known."""


@dataclass
class Item:
    """A part of a body."""

    weight: object
    _note: str = ""


def trackers() -> tuple[BoxTracker, ScriptedTransport]:
    """Returns a client of Box Tracker and the transport that takes its requests."""
    key = {"status": 200, "sessionKey": "k", "customerID": 1}
    transport = ScriptedTransport([key, key, {"status": 200}])
    return BoxTracker("u", "p", transport=transport), transport


def boxc() -> tuple[BoxC, ScriptedTransport]:
    """Returns a client of BoxC and the transport that takes its requests."""
    transport = ScriptedTransport([{"a": 1}])
    return BoxC("t", transport=transport), transport


def shown(error: BaseException) -> str:
    """The error's text, its causes, and the locals of the package's frames."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame.locals for frame in report.stack if is_package_code(frame.filename)]
    return f"{error!r} {error.__cause__!r} {error.__context__!r} {ours}"


COMMANDS: dict[str, Callable[[], dict[str, Any]]] = {
    "an unbound proxy": lambda: {"payment_amount": Unbound()},
    "a huge exponent": lambda: {"payment_amount": Decimal("1e999999999999")},
    "a large exponent": lambda: {"payment_amount": Decimal("1e30000000")},
    "a tiny number": lambda: {"payment_amount": Decimal("1e-30000000")},
    "a huge integer": lambda: {"payment_amount": 1 << 100_000_000},
    "a long text": lambda: {"note": "x" * (MAX_ARGUMENTS + 1)},
    "long texts": lambda: {"note": "x" * (MAX_ARGUMENTS // 2), "more": "\0" * 200_000},
    "a long name": lambda: {"x" * 201: 1},
    "a list": lambda: {"note": [CARD]},
}


@pytest.mark.parametrize("name", COMMANDS)
async def test_arguments_of_a_command(name: str) -> None:
    """F128, F130: Whatever an argument does becomes one error without a value."""
    tracker, transport = trackers()
    customer = tracker.customer("jane", "pw")
    with pytest.raises(ConfigurationError) as caught:
        await customer.command(PAYMENT, ccard_number=CARD, **COMMANDS[name]())
    assert CARD not in shown(caught.value)
    assert len(str(caught.value)) < 600
    assert transport.requests == []
    await tracker.aclose()


def _circle() -> list[object]:
    parts: list[object] = [CARD]
    for _ in range(60):
        parts = [parts, parts]
    return parts


REQUESTS: dict[str, Callable[[], dict[str, Any]]] = {
    "a proxy in JSON": lambda: {"json": {"api_key": CARD, "x": Unbound()}},
    "a mapping that fails": lambda: {"json": {"api_key": CARD, "x": Failing()}},
    "a proxy as JSON": lambda: {"json": Unbound()},
    "parts that share parts": lambda: {"json": _circle()},
    "a long body": lambda: {"json": {"api_key": CARD, "x": "x" * MAX_BODY}},
    "a deep body": lambda: {"json": {"api_key": CARD, "x": _nested(101)}},
    "a circle": lambda: {"json": _nested(100_000)},
    "NaN in a dataclass": lambda: {"json": {"api_key": CARD, "x": Item(math.nan)}},
    "NaN in a list in a dataclass": lambda: {"json": [CARD, Item([{"y": -math.inf}])]},
    "a zone that fails": lambda: {"json": {"api_key": CARD, "x": _moment(RuntimeError(CARD))}},
    "a zone that gives text": lambda: {"json": {"api_key": CARD, "x": _moment(CARD)}},
    "a zone beyond a day": lambda: {"json": {"api_key": CARD, "x": _moment(timedelta(days=3))}},
    "another datetime": lambda: {"json": {"api_key": CARD, "x": Moment(2024, 1, 5)}},
    "a time in a zone": lambda: {"json": {"api_key": CARD, "x": time(1, tzinfo=UTC)}},
    "a type without a name": lambda: {"params": {"api_key": CARD, "x": Strange()}},
    "a type without a name in JSON": lambda: {"json": {"api_key": CARD, "x": Strange()}},
    "a proxy as a parameter": lambda: {"params": {"api_key": CARD, "x": Unbound()}},
    "a huge parameter": lambda: {"params": {"api_key": CARD, "x": Decimal("1e999999999999")}},
    "long parameters": lambda: {"params": {str(at): "x" * 300_000 for at in range(4)}},
    "parameters that fail": lambda: {"params": Failing()},
    "a proxy of parameters": lambda: {"params": Unbound()},
    "a proxy of a media type": lambda: {"json": {"api_key": CARD}, "accept": Unbound()},
    "a long path": lambda: {"json": {"api_key": CARD}, "path": "/x" * 5000},
    "a proxy of a path": lambda: {"json": {"api_key": CARD}, "path": Unbound()},
    "a proxy of a method": lambda: {"json": {"api_key": CARD}, "method": Unbound()},
}


def _moment(offset: Any) -> datetime:
    return datetime(2024, 1, 5, 12, 30, tzinfo=Zone(offset))


def _nested(levels: int) -> object:
    value: object = CARD
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("name", REQUESTS)
async def test_parts_of_a_request(name: str) -> None:
    """F128, F130: Whatever a parameter or a body does becomes one error without a value."""
    client, transport = boxc()
    with pytest.raises(ConfigurationError) as caught:
        await client.request(**{"method": "POST", "path": "/x", **REQUESTS[name]()})
    assert CARD not in shown(caught.value)
    assert transport.requests == []
    await client.aclose()


@pytest.mark.parametrize(
    "make",
    [
        lambda _: BoxTracker("u", Unbound(), base_url="https://h/"),  # type: ignore[arg-type]
        lambda _: BoxTracker(Unbound(), CARD),  # type: ignore[arg-type]
        lambda _: BoxTracker("u", CARD, method=Unbound()),  # type: ignore[arg-type]
        lambda _: BoxTracker("u", CARD, timeouts=Unbound()),  # type: ignore[arg-type]
        lambda _: BoxTracker("u", CARD, proxy=Unbound()),  # type: ignore[arg-type]
        lambda _: BoxTracker("u", CARD, base_url=Unbound()),  # type: ignore[arg-type]
        lambda _: BoxC(Unbound()),  # type: ignore[arg-type]
        lambda _: BoxC(CARD, rate_share=Unbound()),  # type: ignore[arg-type]
        lambda _: BoxC(client_id=Unbound(), client_secret=CARD),  # type: ignore[arg-type]
        lambda _: Timeouts(connect=Unbound()),  # type: ignore[arg-type]
        lambda _: Limits(max_connections=Unbound()),  # type: ignore[arg-type]
        lambda _: Secret(Unbound()),  # type: ignore[arg-type]
        lambda _: Secret(Strange()),  # type: ignore[arg-type]
        lambda _: BoxTracker("u", CARD, timeouts=Strange()),  # type: ignore[arg-type]
        lambda tracker: tracker.with_options(retries=Strange()),
        lambda tracker: tracker.customer("jane", Strange()),
        lambda tracker: tracker.customer(Unbound(), CARD),
        lambda tracker: tracker.customer("jane", Unbound(), session_key=CARD),
    ],
    ids=(f"case {number}" for number in itertools.count(1)),
)
async def test_options_and_users(make: Callable[[BoxTracker], object]) -> None:
    """F128: A user, a secret or an option of a broken type is one error without a value."""
    tracker, _ = trackers()
    with pytest.raises(ConfigurationError) as caught:
        make(tracker)
    assert CARD not in shown(caught.value)
    await tracker.aclose()


@pytest.mark.parametrize(
    "params",
    [
        lambda: {"api_key": CARD, "x": Unbound()},
        Unbound,
        Failing,
        lambda: {"api_key": 5, "x": CARD},
    ],
    ids=["a value", "all", "failing", "a number"],
)
async def test_parameters_of_a_credential(params: Callable[[], Any]) -> None:
    """F128: Carrier secrets are sealed, or refused without a value."""
    client, transport = boxc()
    with pytest.raises(ConfigurationError) as caught:
        await client.credentials.create("Janio", params())
    assert CARD not in shown(caught.value)
    assert transport.requests == []
    await client.aclose()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_exact_arguments_are_sent(method: Any) -> None:
    """F129: The text of a str, whatever its methods say; the number of an int with a name."""
    key = {"status": 200, "sessionKey": "k"}
    transport = ScriptedTransport([key, {"status": 200}])
    async with BoxTracker(Loud("u"), Loud("p"), transport=transport, method=method) as tracker:
        arguments = {"note": Loud("a&b"), "mode": Mode.TEST, "jobZipPostal": Shop.NORTH}
        arguments[Loud("name")] = 1
        await tracker.command(Loud(WEB), jobLatitude=Amount("1.50"), **arguments)
    sent = {**transport.requests[1].arguments}
    given = {name: value for name, value in sent.items() if name not in ("command", "key")}
    assert given == {
        "username": "u", "note": "a&b", "mode": "TEST", "jobZipPostal": "1234567", "name": "1",
        "jobLatitude": "1.50",
    }  # fmt: skip
    assert type(next(name for name in sent if name == "name")) is str


async def test_exact_parts_of_a_request_are_sent() -> None:
    """F129: Query, body and media type carry the exact text and numbers."""
    client, transport = boxc()
    body = {Loud("a"): [Loud("b"), Mode.TEST, Shop.NORTH, (True, None, 1.5)], "c": Item(1, "no")}
    params = {Loud("a"): Loud("b"), "mode": Mode.TEST, "shop": Shop.NORTH}
    await client.request(Loud("POST"), Loud("/x"), params=params, json=body, accept=Loud("*/*"))
    sent = transport.requests[0]
    assert (sent.method, sent.target) == ("POST", "/v1/x?a=b&mode=TEST&shop=1234567")
    assert sent.body == b'{"a":["b","TEST",1234567,[true,null,1.5]],"c":{"weight":1}}'
    assert sent.header("accept") == "*/*"
    await client.aclose()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (_moment(Hours(hours=2)), '"2024-01-05T12:30:00+02:00"'),
        (_moment(None), '"2024-01-05T12:30:00"'),
        (datetime(2024, 1, 5, 1, 2, 3, 4, timezone(timedelta(hours=-3))),
         '"2024-01-05T01:02:03.000004-03:00"'),
        (Day(2024, 1, 5), '"2024-01-05"'),
        (time(1, 2, 3), '"01:02:03"'),
        (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
    ],
    ids=str,
)  # fmt: skip
def test_exact_dates_are_sent(given: object, expected: str) -> None:
    """F128, F129: A zone is asked for its offset before orjson sees the date, never by orjson."""
    assert encode_json([given], []) == (f"[{expected}]".encode(), None)


CREDENTIAL = {"id": 7, "user_id": 1, "carrier": "Janio", "params": {}}
TIMES = {"created": "2024-01-05T00:00:00Z", "updated": "2024-01-05T00:00:00Z"}


async def test_exact_ids_are_sent() -> None:
    """F129: An id with a name is sent as its number, never as the name."""
    made = {"credential": {**CREDENTIAL, **TIMES, "id": 1234567}}
    transport = ScriptedTransport([made, {}])
    async with BoxC("t", transport=transport) as client:
        await client.credentials.update(Shop.NORTH, {Loud("api_key"): Loud("k")})
        await client.credentials.delete(Shop.NORTH)
    update, delete = transport.requests
    assert (update.target, delete.target) == ("/v1/credentials/1234567",) * 2
    assert update.body == b'{"credential":{"params":{"api_key":"k"}}}'


@pytest.mark.parametrize(
    "make",
    [lambda: 10**5000, lambda: 2**63, lambda: True, lambda: 0, Unbound, lambda: "7"],
    ids=[*"abcdef"],
)
async def test_ids_are_bounded(make: Callable[[], Any]) -> None:
    """F130: An id that no service has is an error of ours."""
    client, transport = boxc()
    for call in (client.credentials.get, client.credentials.delete):
        with pytest.raises(ConfigurationError):
            await call(make())
    with pytest.raises(ConfigurationError):
        await client.credentials.update(make(), {"api_key": "k"})
    assert transport.requests == []
    await client.aclose()


def test_numbers_of_options_are_exact() -> None:
    """F129: An option is the number itself; no comparison of a subclass is made, then or later."""
    options = (
        Timeouts(connect=Count(3)),
        Limits(max_connections=Count(3)),
        Retries(attempts=Count(3)),
    )
    assert [type(one) for one in (options[0].connect, options[1].max_connections)] == [int, int]
    assert type(options[2].attempts) is int
    assert type(CallOptions().merged({"deadline": Count(3)}).deadline) is int
    assert type(Bucket(rate_share=Count(1)).rate_share) is int
    with pytest.raises(ConfigurationError):
        Timeouts(connect=Count(0))
    with pytest.raises(ConfigurationError):
        Bucket(rate_share=Count(2))


async def test_commands_without_a_name() -> None:
    """F128: What is no command is refused, if it cannot even say what it is."""
    tracker, transport = trackers()
    with pytest.raises(ConfigurationError, match="a Strange is not a command"):
        await tracker.command(Strange())  # type: ignore[arg-type]
    assert transport.requests == []
    await tracker.aclose()


def test_the_limits_themselves() -> None:
    """F130: What is as large as a limit is still accepted."""
    assert encode_value("x" * MAX_ARGUMENTS)[1] is None
    assert encode_value(Decimal("1e9999")) == ("1" + "0" * 9999, None)
    assert encode_value(Decimal("1e10000")) == (None, "has more than 10,000 digits")
    body, problem = encode_json("x" * (MAX_BODY - 2), [])
    assert (len(body or b""), problem) == (MAX_BODY, None)
    assert encode_json("x" * (MAX_BODY - 1), []) == (
        None,
        "json is too large: it may have 16 MiB and a million values",
    )
    assert encode_json(_nested(100), [])[1] is None


def test_a_customer_is_what_the_name_says() -> None:
    """F129: A user name of a subclass is kept as exact text."""
    tracker, _ = trackers()
    customer = tracker.customer(Loud("jane"), Loud("pw"))
    assert isinstance(customer, Customer)
    assert type(customer._session.username) is str
