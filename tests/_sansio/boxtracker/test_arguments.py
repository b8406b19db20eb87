"""`seal_arguments` encodes arguments, shows none of their values, and never raises."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boxapis._sansio.boxtracker.arguments import (
    SealedArguments,
    api_handshake_arguments,
    customer_handshake_arguments,
    customer_session_arguments,
    seal_arguments,
    web_session_arguments,
)
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, skeleton

PORTAL = "cmdBoxTPortalJobsiteList"
PAYMENT = "cmdBoxTPortalProcessPayment"
WEB = "cmdBoxTWebAPIDirectBooking"
AWKWARD = "Zq9X/+ =&\"'<é%"
ENCODED = "Zq9X%2F%2B%20%3D%26%22%27%3C%C3%A9%25"

TEXT = st.text(st.characters(codec="utf-8"))
NAMES = TEXT.filter(
    lambda name: (
        len(name) <= 200
        and skeleton(name) not in ("command", "username", "password", "sessionkey", "key")
        and not skeleton(name).startswith(("username", "password", "sessionkey"))
    )
)


def test_sealed() -> None:
    """Arguments keep their order, and all but unreserved characters are encoded."""
    sealed = seal_arguments(PORTAL, {"offset": 50, "search": AWKWARD, "orderBy": "Job Name|ASC"})
    assert sealed.encoded == f"&offset=50&search={ENCODED}&orderBy=Job%20Name%7CASC"
    assert sealed.names == ("offset", "search", "orderBy")
    assert (sealed.secrets, sealed.problem, sealed.error()) == ((), None, None)


def test_nothing_to_seal() -> None:
    """A command without arguments is encoded as nothing."""
    assert seal_arguments(PORTAL, {}).encoded == ""


def test_unreserved_characters_stay() -> None:
    """Unreserved characters are sent as they are."""
    plain = "AZaz09-._~"
    assert seal_arguments(PORTAL, {plain: plain}).encoded == f"&{plain}={plain}"


def test_none_is_left_out_and_empty_is_not() -> None:
    """None leaves an argument out; an empty text is sent."""
    sealed = seal_arguments(PORTAL, {"search": "", "offset": None})
    assert sealed.encoded == "&search="
    assert sealed.names == ("search",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(PORTAL, "&day=Jan%2005%2C%202024&flag=1"), (WEB, "&day=2024-01-05&flag=1")],
)
def test_each_family_has_its_dates(name: str, expected: str) -> None:
    """The portal has month names, the web API numbers; True is 1 in both."""
    assert seal_arguments(name, {"day": date(2024, 1, 5), "flag": True}).encoded == expected


def test_numbers() -> None:
    """Coordinates and amounts keep all digits."""
    given = {"jobLatitude": Decimal("42.972452000"), "total": 1e-7, "id": 10**20}
    expected = "&jobLatitude=42.972452000&total=0.0000001&id=100000000000000000000"
    assert seal_arguments(WEB, given).encoded == expected


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (PAYMENT, ["ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"]),
        ("cmdBoxTPortalSaveCCard", ["ccard_number", "ccard_cvv"]),
        ("cmdBoxTPortalNewThing", ["ccard_number", "ccard_cvv"]),
        (WEB, ["ccardNumber", "ccardExp", "ccardCVV"]),
        ("cmdBoxTWebAPIRequestService", ["ccardNumber", "ccardCVV"]),
    ],
)
def test_card_data_is_secret(name: str, fields: list[str]) -> None:
    """Card data is kept for masking."""
    sealed = seal_arguments(name, {"note": "4111", **dict.fromkeys(fields, "4111111111111111")})
    assert sealed.secrets == tuple(Secret("4111111111111111") for _ in fields)


def test_a_secret_is_secret_anywhere() -> None:
    """A `Secret` is sent in plain text and kept for masking, whatever the argument's name."""
    sealed = seal_arguments(PORTAL, {"search": Secret(AWKWARD)})
    assert sealed.encoded == f"&search={ENCODED}"
    assert sealed.secrets == (Secret(AWKWARD),)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (4111111111111111, "4111111111111111"),
        (Decimal("4.1E+3"), "4100"),
        (10**5000, "1" + "0" * 5000),
        (date(2024, 1, 5), "Jan 05, 2024"),
        (True, "1"),
    ],
    ids=["int", "Decimal", "huge", "date", "bool"],
)
def test_what_is_remembered_is_what_is_sent(value: object, sent: str) -> None:
    """A sensitive argument of another type is masked in the form in which it was sent."""
    assert seal_arguments(PAYMENT, {"ccard_number": value}).secrets == (Secret(sent),)


def test_a_name_may_say_that_it_is_secret() -> None:
    """Sensitive names are masked on any command."""
    sealed = seal_arguments(PORTAL, {"ccard_cvv": 1234, "apiToken": "abcd", "search": "efgh"})
    assert sealed.secrets == (Secret("1234"), Secret("abcd"))


def test_absent_card_data_is_no_secret() -> None:
    """A sensitive argument left out is not masked."""
    assert seal_arguments(PAYMENT, {"ccard_number": None}).secrets == ()


@pytest.mark.parametrize(
    "key",
    [
        *("command", "username", "password", "session_key", "key"),
        *("username_api", "username_customer", "password_api", "password_customer"),
        *("session_key_api", "session_key_customer", "username_", "password_x"),
        *("Key", "KEY", "Command", "Username_api", "sessionKey", "usernames", "user name"),
        *("\0key", "k\u00e9y", "\uff4b\uff45\uff59", "session.key[]"),
    ],
)
def test_reserved_names(key: str) -> None:
    """F131: Arguments that the client adds are refused in any spelling, even without a value."""
    for value in ("Zq9X", None):
        sealed = seal_arguments(PORTAL, {key: value})
        assert sealed.problem == f"{PORTAL}: the argument {key!r} is added by the client"
        assert sealed.encoded == ""


@pytest.mark.parametrize("key", ["customer_id", "keys", "user", "name", "commands", "mode"])
def test_names_that_are_free(key: str) -> None:
    """Names similar to reserved ones are accepted, such as ``customer_id`` and ``name``."""
    assert seal_arguments(PORTAL, {key: "x"}).encoded == f"&{key}=x"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (["Zq9X"], "not list"),
        (b"Zq9X", "not bytes"),
        (datetime(2024, 1, 5, tzinfo=UTC), "not datetime"),
        ({"Zq9X": 1}, "not dict"),
        (math.nan, "is not a finite number"),
        (math.inf, "is not a finite number"),
        (Decimal("Infinity"), "is not a finite number"),
        ("Zq9X\ud800", "holds half a surrogate pair, which has no encoding"),
        (Secret("Zq9X\udfff"), "holds half a surrogate pair, which has no encoding"),
    ],
    ids=ascii,
)
def test_refused_values(value: object, why: str) -> None:
    """The error names command and argument; it does not show the value."""
    error = seal_arguments(PORTAL, {"offset": 0, "search": value}).error()
    assert isinstance(error, ConfigurationError)
    assert str(error).startswith(f"{PORTAL}: the argument 'search' ")
    assert str(error).endswith(f"{why}. Nothing was sent: {error.next_step}.")
    assert "Zq9X" not in str(error)


def test_a_name_without_encoding() -> None:
    """A name without a UTF-8 form is refused."""
    problem = seal_arguments(PORTAL, {"a\ud800": "Zq9X"}).problem
    assert problem is not None
    assert "'a\\ud800' holds half a surrogate pair" in problem


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("JobsiteList", "'JobsiteList'"),
        ("", "''"),
        ("x" * 100, repr("x" * 60)),
        (None, "a NoneType"),
        (5, "a int"),
        (["Zq9X"], "a list"),
    ],
    ids=ascii,
)
def test_unknown_commands(name: Any, shown: str) -> None:
    """A command of no family is refused with its name cut short, or with its type."""
    assert seal_arguments(name, {}).problem == f"{shown} is not a command of Box Tracker"


def test_no_repr_shows_a_value() -> None:
    """The repr shows sorted names and no values."""
    sealed = seal_arguments(PAYMENT, {"note": "Zq9X", "ccard_cvv": "Zq9X"})
    assert repr(sealed) == "<SealedArguments ccard_cvv, note>"
    assert repr(SealedArguments()) == "<SealedArguments >"


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers()),
    st.builds(Secret, st.text()),
    st.decimals(-(10**30), 10**30, allow_nan=False),
)


@given(name=st.one_of(st.text(), st.just(PAYMENT)), given=st.dictionaries(st.text(), ANYTHING))
@example(name=PAYMENT, given={"ccard_number": 10**5000})
@example(name=PAYMENT, given={"ccard_number": "\ud800"})
def test_sealing_never_raises(name: str, given: dict[str, object]) -> None:
    """Any arguments become pairs or a problem."""
    sealed = seal_arguments(name, given)
    assert isinstance(sealed, SealedArguments)
    assert sealed.encoded.isascii()
    assert (sealed.error() is None) == (sealed.problem is None)


@given(given=st.dictionaries(NAMES, TEXT))
def test_any_text_survives(given: dict[str, str]) -> None:
    """A form decoder reads the texts that were passed."""
    sealed = seal_arguments(PORTAL, given)
    assert dict(parse_qsl(sealed.encoded, keep_blank_values=True)) == given
    assert sealed.names == tuple(given)


def test_blocks() -> None:
    """Session arguments have suffixes in the portal; the web API has ``username`` and ``key``."""
    one, two, three, four = (Secret(value) for value in ("p 1", "k&2", "p=3", "k%4"))
    assert api_handshake_arguments("a b", one) == "&username=a%20b&password=p%201"
    assert web_session_arguments("a b", two) == "&username=a%20b&key=k%262"
    assert customer_session_arguments("a b", two, "c+d", four) == (
        "&username_api=a%20b&session_key_api=k%262"
        "&username_customer=c%2Bd&session_key_customer=k%254"
    )
    api = "&username_api=a%20b&password_api=p%201&session_key_api=k%262&username_customer=c"
    assert customer_handshake_arguments("a b", one, two, "c", three, None) == (
        f"{api}&password_customer=p%3D3"
    )
    assert customer_handshake_arguments("a b", one, two, "c", None, four) == (
        f"{api}&session_key_customer=k%254"
    )


@given(texts=st.lists(TEXT, min_size=4, max_size=4))
def test_any_session_key_survives(texts: list[str]) -> None:
    """User names and keys of any characters are decoded unchanged."""
    user, key, customer, customer_key = texts
    block = customer_session_arguments(user, Secret(key), customer, Secret(customer_key))
    assert [value for _, value in parse_qsl(block, keep_blank_values=True)] == texts
