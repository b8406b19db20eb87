"""Recorded and composed sample answers of BoxC, each with its expected value."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxc.responses import decode
from boxapis._sansio.boxc.rest import prepare
from boxapis.boxc._client import BoxC
from boxapis.boxc.credentials import Credential
from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PaginationError,
    PermissionDeniedError,
    RateLimitError,
    ValidationError,
)
from boxapis.secret import Secret
from boxapis.transports.scripted import ScriptedTransport
from tests.contract.description import FILE as DESCRIPTION
from tests.support.doubles import closed_later
from tests.support.paths import SAMPLES

FOLDER = SAMPLES / "boxc"

pytestmark = pytest.mark.usefixtures("closing")


ELEVEN = (
    *("ekp", "contract_participation", "cig_username", "cig_password", "tnt_username"),
    *("tnt_password", "retoure_username", "retoure_password", "gkp_username", "gkp_password"),
    "dp_api_key",
)
CREATED = datetime(2020, 10, 20, 10, 11, 12, tzinfo=UTC)


def expected(
    number: int,
    carrier: str,
    names: tuple[str, ...],
    *,
    updated: datetime = CREATED,
    deleted: datetime | None = None,
) -> Credential:
    """A credential whose parameters are all shown as empty text."""
    return Credential(
        id=number,
        user_id=123456,
        carrier=carrier,
        params={name: Secret("") for name in names},
        created=CREATED,
        updated=updated,
        deleted=deleted,
        extra={},
    )


FIRST = expected(1234567, "DeutschePost", ELEVEN)
CHANGED = expected(
    1234567, "DeutschePost", ELEVEN, updated=datetime(2020, 10, 21, 8, 9, 10, tzinfo=UTC)
)
SECOND = expected(1234566, "DHLeC", ("client_id", "client_secret"))
THIRD = expected(1234565, "DHL Express", ("api_username", "api_password"), deleted=CREATED)


def answer(name: str, status: int = 200) -> Response:
    """A sample as a response."""
    headers = (("Content-Type", "application/json"),)
    return Response(status, headers, FOLDER.joinpath(name).read_bytes())


def client(*answers: Response) -> tuple[BoxC, ScriptedTransport]:
    """A client that is answered with samples."""
    transport = ScriptedTransport(answers)
    return closed_later(BoxC("given-token", transport=transport)), transport


async def test_get() -> None:
    """A credential gives its parameters by name only, in the service's order."""
    boxc, _ = client(answer("credential_get_200.json"))
    credential = await boxc.credentials.get(1234567)
    assert credential == FIRST
    assert tuple(credential.params) == ELEVEN


async def test_post() -> None:
    """A new credential comes with status 201, and has not been updated."""
    boxc, _ = client(answer("credential_post_201.json", 201))
    made = await boxc.credentials.create("DeutschePost", dict.fromkeys(ELEVEN, "x"))
    assert made == FIRST
    assert made.updated == made.created


async def test_put() -> None:
    """An update changes ``updated`` and nothing else."""
    boxc, _ = client(answer("credential_put_200.json"))
    changed = await boxc.credentials.update(1234567, dict.fromkeys(ELEVEN, "y"))
    assert changed == CHANGED


async def test_delete() -> None:
    """A delete is answered with 200 and an empty body."""
    boxc, transport = client(answer("credential_delete_200.txt"))
    await boxc.credentials.delete(1234567)
    assert [request.method for request in transport.requests] == ["DELETE"]


async def test_list() -> None:
    """A list of two pages is read to the end, with the token of the first."""
    boxc, transport = client(
        answer("credentials_get_200_page_1.json"), answer("credentials_get_200_page_2.json")
    )
    assert [item async for item in boxc.credentials.list()] == [FIRST, SECOND, THIRD]
    token = "bGltaXQ9NTAmb3JkZXI9ZGVzYyZzb3J0PWlkJnBhZ2U9MSZsYXN0X2lkPTEyMzQ1NjY"
    assert [request.arguments for request in transport.requests] == [{}, {"page_token": token}]


PROPERTIES: dict[str, dict[str, Any]] = {
    "carrier": {"carrier": "DeutschePost"},
    "created": {"created": "2020-10-20 10:11:12"},
    "deleted": {"deleted": "2020-10-20 10:11:12"},
    "id": {"id": 1234567},
    "params": {
        "params": {"cig_username": "", "cig_password": "", "client_id": "", "client_secret": ""}
    },
}
READ: dict[str, object] = {
    "carrier": "DeutschePost",
    "created": CREATED,
    "deleted": CREATED,
    "id": 1234567,
    "params": {name: Secret("") for name in PROPERTIES["params"]["params"]},
}


@pytest.mark.parametrize("name", PROPERTIES)
async def test_properties(name: str) -> None:
    """The manual's example of each property, by itself and within a credential."""
    text = FOLDER.joinpath("properties", f"{name}.json").read_text(encoding="utf-8")
    example = json.loads(text)
    assert example == PROPERTIES[name]
    whole = json.loads(FOLDER.joinpath("credential_get_200.json").read_bytes())
    body = {"credential": whole["credential"] | example}
    boxc, _ = client(Response(200, (), json.dumps(body).encode()))
    assert getattr(await boxc.credentials.get(1234567), name) == READ[name]


# File, HTTP status, code, class, message, single error where it is another text, details.
ERRORS: dict[str, tuple[int, int, type[APIError], str, str | None, dict[str, str]]] = {
    "1000_400_create": (
        400,
        1000,
        ValidationError,
        "Validation Error. /credential: The required properties (carrier) are missing",
        "/credential: The required properties (carrier) are missing",
        {},
    ),
    "1000_400_update": (400, 1000, ValidationError, "params: Params are not valid", None, {}),
    "1005_401": (401, 1005, AuthenticationError, "Invalid access token", None, {}),
    "1009_403": (
        403,
        1009,
        PermissionDeniedError,
        "Forbidden: Missing required scope",
        None,
        {"scope": "read_credentials"},
    ),
    "1009_403_with_scope": (
        403,
        1009,
        PermissionDeniedError,
        "Forbidden: Missing required scope 'write_credentials'",
        None,
        {"scope": "write_credentials"},
    ),
    "1015_429": (
        429,
        1015,
        RateLimitError,
        "Too many requests. Please wait before trying again.",
        None,
        {},
    ),
    "1025_400": (400, 1025, ValidationError, "Invalid page token", None, {}),
    "1450_404": (404, 1450, NotFoundError, "Credential not found", None, {}),
    "1454_400": (400, 1454, ConflictError, "Carrier can't be changed", None, {}),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    """Each error body becomes its class, with its code and its texts."""
    status, code, kind, message, single, details = ERRORS[name]
    made = prepare("GET", "/credentials/1", operation="GET /credentials/{id}")
    error = decode(answer(f"errors/{name}.json", status), made, ())
    assert type(error) is kind
    assert (error.status, error.code, error.message) == (status, code, message)
    assert error.errors == (single or message,)
    assert dict(error.details) == details
    assert error.may_have_been_applied is False


async def test_an_invalid_page_token_ends_a_list() -> None:
    """An invalid page token ends a list with an error of its own, which has no resume token."""
    boxc, _ = client(answer("errors/1025_400.json", 400))
    with pytest.raises(PaginationError) as caught:
        _ = [item async for item in boxc.credentials.list(page_token="old")]
    assert caught.value.resume_token is None


def test_every_sample_is_used() -> None:
    """Every sample file is used above, or is of webhooks, or the description."""
    known = {
        *(f"credential_{what}" for what in ("get_200.json", "post_201.json", "put_200.json")),
        "credential_delete_200.txt",
        *(f"credentials_get_200_page_{page}.json" for page in (1, 2)),
        *(f"properties/{name}.json" for name in PROPERTIES),
        *(f"errors/{name}.json" for name in ERRORS),
        DESCRIPTION.name,
        "webhooks.json",
    }
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert found == known
