"""The options of clients and calls: frozen values, checked when created."""

import math
from typing import Any

import pytest
from attrs import asdict, evolve
from attrs.exceptions import FrozenInstanceError

from boxapis.errors import ConfigurationError
from boxapis.options import Limits, SessionTiming, Sharing, Timeouts

Options = type[Timeouts] | type[Limits] | type[SessionTiming] | type[Sharing]

# Class, field, and the least value that it takes.
LEAST: list[tuple[Options, str, float]] = [
    *(
        (Timeouts, name, 0.001)
        for name in ("connect", "write", "read", "read_changing", "total", "total_changing")
    ),
    (Timeouts, "call", 0.001),
    (Timeouts, "close", 0),
    (Limits, "max_connections", 1),
    (Limits, "keepalive_expiry", 0),
    (Limits, "max_json_bytes", 1),
    (Limits, "max_file_bytes", 1),
    (Limits, "max_json_depth", 1),
    (SessionTiming, "idle_limit", 0.001),
    (SessionTiming, "margin", 0),
    (SessionTiming, "keep_alive_interval", 0.001),
    *(
        (SessionTiming, name, 0)
        for name in ("keep_alive_jitter", "cool_down", "credential_cool_down", "logout_timeout")
    ),
    (Sharing, "lease", 0.1),
    (Sharing, "patience", 0.001),
    (Sharing, "note_every", 0.001),
]
NAMES = [f"{kind.__name__}.{name}" for kind, name, _ in LEAST]

NO_NUMBERS: dict[str, object] = {
    "text": "5",
    "none": None,
    "true": True,
    "false": False,
    "list": [5],
    "nan": math.nan,
    "infinite": math.inf,
    "minus infinite": -math.inf,
    "negative": -1,
    "endless": 10**400,
    "minus endless": -(10**400),
    "more than C can count": 2**63,
}


def options(kind: Options, name: str, value: Any) -> object:
    """Returns options with one value; a dependent other value leaves room for it."""
    room = {"margin": 0} if name == "idle_limit" else {}
    return kind(**{name: value, **room})


def test_default_timeouts() -> None:
    """A changing operation has longer timeouts, because it is not repeated."""
    expected = {
        "connect": 5.0,
        "write": 10.0,
        "read": 20.0,
        "read_changing": 60.0,
        "total": 60.0,
        "total_changing": 90.0,
        "call": 120.0,
        "close": 5.0,
    }
    assert asdict(Timeouts()) == expected


def test_default_limits() -> None:
    """There are 20 connections, closed a second before servers do, and 4 MiB for JSON."""
    expected = {
        "max_connections": 20,
        "keepalive_expiry": 4.0,
        "max_json_bytes": 4 * 1024**2,
        "max_file_bytes": 64 * 1024**2,
        "max_json_depth": 100,
    }
    assert asdict(Limits()) == expected


def test_default_timing() -> None:
    """A session lasts five minutes and is stale after four."""
    expected = {
        "idle_limit": 300.0,
        "margin": 60.0,
        "keep_alive_interval": 120.0,
        "keep_alive_jitter": 15.0,
        "cool_down": 1.0,
        "credential_cool_down": 60.0,
        "logout_timeout": 2.0,
    }
    assert asdict(SessionTiming()) == expected
    assert SessionTiming().stale_after == 240.0


def test_default_sharing() -> None:
    """A lease lasts three seconds, and one of over a minute is refused."""
    assert asdict(Sharing()) == {"lease": 3.0, "patience": 65.0, "note_every": 30.0}
    with pytest.raises(ConfigurationError, match="^lease must be .* and 60 at most"):
        Sharing(lease=60.1)


def test_every_field_is_in_the_table() -> None:
    """Every option is in the table of checks."""
    fields = {
        f"{kind.__name__}.{name}"
        for kind in (Timeouts, Limits, SessionTiming, Sharing)
        for name in asdict(kind())
    }
    assert set(NAMES) == fields


@pytest.mark.parametrize(("kind", "name", "least"), LEAST, ids=NAMES)
def test_the_least_value_is_taken(kind: Options, name: str, least: float) -> None:
    """The least value itself is accepted."""
    assert getattr(options(kind, name, least), name) == least


@pytest.mark.parametrize(("kind", "name", "least"), LEAST, ids=NAMES)
def test_less_is_refused(kind: Options, name: str, least: float) -> None:
    """A lower value is refused under the option's name."""
    with pytest.raises(ConfigurationError, match=f"^{name} must be a finite number"):
        options(kind, name, least - 0.0005)


@pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize(("kind", "name", "least"), LEAST, ids=NAMES)
def test_what_is_no_number_is_refused(
    kind: Options, name: str, least: float, value: object
) -> None:
    """Text, booleans, NaN and infinite or huge numbers are refused with `ConfigurationError`."""
    with pytest.raises(ConfigurationError, match=f"^{name} must be"):
        options(kind, name, value)


@pytest.mark.parametrize("name", ["max_connections", "max_json_bytes", "max_json_depth"])
def test_counts_are_whole(name: str) -> None:
    """Half a connection or byte is refused, and so is 2.0."""
    for value in (1.5, 2.0):
        with pytest.raises(ConfigurationError, match=f"^{name} must be a whole number"):
            options(Limits, name, value)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (None, 1),
        ("", 1),
        ("application/json", 1),
        ("Application/Problem+JSON; charset=utf-8", 1),
        ("text/html", 1),
        ("application/pdf", 2),
        ("image/png", 2),
        ("application/octet-stream", 2),
    ],
)
def test_the_size_depends_on_the_media_type(content_type: str | None, expected: int) -> None:
    """F116: what may be JSON has the smaller limit, and so have HTML pages."""
    limits = Limits(max_json_bytes=1, max_file_bytes=2)
    assert limits.max_body_bytes(content_type) == expected


@pytest.mark.parametrize("margin", [300.0, 301.0, 10_000])
def test_margin_is_shorter_than_the_limit(margin: float) -> None:
    """A margin as long as the limit is refused: no session would be fresh."""
    with pytest.raises(ConfigurationError, match="margin must be shorter than idle_limit"):
        SessionTiming(margin=margin)


def test_stale_after_follows_both() -> None:
    """A session is stale after the limit less the margin."""
    assert SessionTiming(idle_limit=100, margin=99.5).stale_after == 0.5
    assert SessionTiming(margin=0).stale_after == 300.0


@pytest.mark.parametrize("value", [Timeouts(), Limits(), SessionTiming()], ids=repr)
def test_options_are_values(value: Any) -> None:
    """Options are frozen, equal by value, hashable, keyword-only and have a readable repr."""
    twin = evolve(value)
    assert twin == value
    assert hash(twin) == hash(value)
    first = next(iter(asdict(value)))
    assert f"{first}={asdict(value)[first]!r}" in repr(value)
    with pytest.raises(FrozenInstanceError):
        setattr(value, first, 1)
    with pytest.raises(TypeError):
        type(value)(5.0)
