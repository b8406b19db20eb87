"""Box Tracker over HTTP: forms of requests and dialects of responses."""

from typing import Any

import httpx
import orjson
import pytest
from attrs import evolve

from boxapis.sandbox import BOTH, DOCUMENTED, OBSERVED, BoxTrackerRules, Dialect, Sandbox

PATH = "/controller.html"
FORM = "application/x-www-form-urlencoded"
QUERY = "command=cmdBoxTPortalHandShake&username=sandbox-api&password="


@pytest.mark.parametrize("blank", ["+", "%20"])
async def test_get_and_post_carry_the_same_arguments(http: httpx.AsyncClient, blank: str) -> None:
    """Query and form body are read alike, with either encoding of a blank."""
    arguments = f"{QUERY}sandbox-api-password%2B%26%25%3D%2F{blank}1"
    got = await http.get(f"{PATH}?{arguments}")
    posted = await http.post(PATH, content=arguments, headers={"Content-Type": FORM})
    assert got.json()["status"] == posted.json()["status"] == 200


async def test_query_and_body_may_be_mixed(http: httpx.AsyncClient) -> None:
    """The command may be in the query and its arguments in the body."""
    mixed = await http.post(
        f"{PATH}?command=cmdBoxTPortalHandShake&username=unknown",
        data={"username": "sandbox-api", "password": "sandbox-api-password+&%=/ 1"},
    )
    assert mixed.json()["status"] == 200


async def test_other_bodies_hold_no_arguments(http: httpx.AsyncClient) -> None:
    """A body that is not a form is ignored."""
    posted = await http.post(PATH, content=b"{}", headers={"Content-Type": "application/json"})
    assert posted.json()["status"] == 303


async def test_http_status_is_200_whatever_the_response(
    sandbox: Sandbox, http: httpx.AsyncClient
) -> None:
    """The HTTP status is 200 for refusals too, unless set otherwise."""
    assert (await http.get(PATH)).status_code == 200
    sandbox.boxtracker.rules = BoxTrackerRules(http_status=500)
    refused = await http.get(PATH)
    assert (refused.status_code, refused.json()["status"]) == (500, 303)


async def test_only_get_and_post_are_served(http: httpx.AsyncClient) -> None:
    """Other methods get 405 and other paths 404."""
    assert (await http.put(PATH)).status_code == 405
    assert (await http.get(f"{PATH}/")).status_code == 404


async def test_default_dialect(http: httpx.AsyncClient) -> None:
    """Both names of the key are there by default, so that any client finds the one it reads."""
    response = await http.get(f"{PATH}?{QUERY}sandbox-api-password%2B%26%25%3D%2F+1")
    body = response.json()
    assert body.keys() == {"status", "sessionKey", "key"}
    assert body["key"] == body["sessionKey"]


async def test_documented_dialect(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The documented dialect has `sessionKey`, numbers, no error text on success, and type JSON."""
    sandbox.boxtracker.rules = BoxTrackerRules(dialect=DOCUMENTED)
    response = await http.get(f"{PATH}?{QUERY}sandbox-api-password%2B%26%25%3D%2F+1")
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"status", "sessionKey"}
    assert response.json()["status"] == 200


async def test_observed_dialect(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """The observed dialect has `key`, numbers as text, an empty error text, and the HTML type."""
    sandbox.boxtracker.rules = BoxTrackerRules(dialect=OBSERVED)
    response = await http.get(f"{PATH}?{QUERY}sandbox-api-password%2B%26%25%3D%2F+1")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.json().keys() == {"status", "errorString", "key"}
    assert (response.json()["status"], response.json()["errorString"]) == ("200", "")


def decoded_response(dialect: Dialect, **payload: Any) -> Any:
    """A successful response, encoded in a dialect and decoded."""
    return orjson.loads(dialect.encode(200, payload, None))


def test_both_key_names_can_be_there() -> None:
    """With both names the key is under each."""
    got = decoded_response(evolve(DOCUMENTED, key_name="both"), sessionKey="k")
    assert got == {"status": 200, "sessionKey": "k", "key": "k"}


def test_numbers_as_text_reaches_every_depth() -> None:
    """Nested numbers become text too; booleans do not."""
    got = decoded_response(OBSERVED, recordCount=2, record={"ID": 7, "costs": [1.5], "ok": True})
    assert got["recordCount"] == "2"
    assert got["record"] == {"ID": "7", "costs": ["1.5"], "ok": True}


def test_lists_can_be_objects() -> None:
    """With the setting, a paged list is an object from record ID to record."""
    dialect = evolve(DOCUMENTED, lists="object")
    got = decoded_response(dialect, jobSiteObjList=[{"ID": 7}, {"ID": 8}], other=[1])
    assert got["jobSiteObjList"] == {"7": {"ID": 7}, "8": {"ID": 8}}
    assert got["other"] == [1]
    odd = decoded_response(dialect, jobSiteObjList="none")
    assert odd["jobSiteObjList"] == "none"


def test_weekdays_have_two_forms() -> None:
    """The manual has weekdays by name, the vendor's client an array from Sunday on."""
    days = [0, 1, 1, 1, 1, 1, 0]
    by_name = decoded_response(DOCUMENTED, daysOfTheWeek=days)["daysOfTheWeek"]
    assert (by_name["Sunday"], by_name["Monday"], len(by_name)) == (0, 1, 7)
    assert decoded_response(BOTH, daysOfTheWeek=days)["daysOfTheWeek"] == days
    assert decoded_response(DOCUMENTED, daysOfTheWeek="none")["daysOfTheWeek"] == "none"


def test_paging_fields_can_be_left_out() -> None:
    """With the setting, a list has neither record count nor offset, as documented."""
    dialect = evolve(DOCUMENTED, paging_fields=False)
    assert decoded_response(dialect, jobSiteObjList=[], recordCount=0, offset=0).keys() == {
        "status",
        "jobSiteObjList",
    }


def test_nested_values_can_be_text() -> None:
    """With the setting, objects and arrays of the top level are JSON text."""
    got = decoded_response(evolve(DOCUMENTED, nested_as_text=True), customerObj={"Name": "x"}, n=1)
    assert got == {"status": 200, "customerObj": '{"Name":"x"}', "n": 1}
