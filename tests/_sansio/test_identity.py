"""Misdirected responses: which ids are compared, and which responses pass."""

from typing import Any

import pytest

from boxapis._sansio import identity
from boxapis._sansio.boxc import identity as boxc
from boxapis._sansio.boxtracker import identity as boxtracker

JOB_SITE = "cmdBoxTPortalJobsiteData"
WORK_ORDER = "cmdBoxTPortalWorkOrderData"
REPORT = "cmdBoxTPortalReportParams"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (12, "12", True),
        ("12", 12.0, True),
        (" 12 ", 12, True),
        ("12", "12", True),
        ("WH0SZ001", "wh0sz001", True),
        ("my-shop", "my-shop ", True),
        (str(2**63 - 1), 2**63 - 1, True),
        (str(2**63 - 1), 2**63 - 2, False),
        ("007", 7, True),
        ("1", True, False),
        (12, 13, False),
        ("12", "13", False),
        ("12a", 12, False),
        (True, 1, False),
        (None, None, False),
    ],
    ids=repr,
)
def test_same(one: object, other: object, expected: bool) -> None:  # noqa: FBT001 - a column
    """Numbers and text are equal; a value that is no id equals none."""
    assert identity.same_id(one, other) is expected


@pytest.mark.parametrize(
    ("named", "known", "encoded", "expected"),
    [
        (13913, 13913, "", None),
        ("13913", 13913, "", None),
        (13914, 13913, "", "$.customerID"),
        ("13914", 13913, "&offset=0", "$.customerID"),
        (13914, 13913, "&customer_id=13914", None),
        (13914, 13913, "&other_customer_id=13914", "$.customerID"),
        (13914, None, "", None),
        ("", 13913, "", None),
        (None, 13913, "", None),
    ],
    ids=repr,
)
def test_other_customer(
    named: object, known: int | None, encoded: str, expected: str | None
) -> None:
    """A response for another customer than the session's or the requested one is detected."""
    assert boxtracker.mismatched_customer({"customerID": named}, known, encoded) == expected


@pytest.mark.parametrize(
    ("command", "encoded", "body", "expected"),
    [
        (JOB_SITE, "&jobsite_id=7", {"jobSiteObj": {"ID": "7"}}, None),
        (JOB_SITE, "&jobsite_id=7", {"jobSiteObj": {"ID": 8}}, "$.jobSiteObj.ID"),
        (JOB_SITE, "&jobsite_id=7", {"jobSiteObj": '{"ID": 8}'}, "$.jobSiteObj.ID"),
        (JOB_SITE, "&jobsite_id=7", {"jobSiteObj": "no JSON"}, None),
        (JOB_SITE, "&jobsite_id=7", {"jobSiteObj": [8]}, None),
        (JOB_SITE, "&jobsite_id=7", {"jobSiteObj": {"ID": ""}}, None),
        (JOB_SITE, "&jobsite_id=7", {}, None),
        (JOB_SITE, "&jobsite_id=0", {"jobSiteObj": {"ID": 8}}, None),
        (JOB_SITE, "", {"jobSiteObj": {"ID": 8}}, None),
        (JOB_SITE, "&jobsite_id=%207", {"jobSiteObj": {"ID": 7}}, None),
        (
            WORK_ORDER,
            "&workorder_id=0&jobsite_id=7",
            {"workOrderObj": {"jobSiteObj": {"ID": 8}}},
            "$.workOrderObj.jobSiteObj.ID",
        ),
        (
            WORK_ORDER,
            "&workorder_id=5&jobsite_id=7",
            {"workOrderObj": {"jobSiteObj": {"ID": 8}}},
            None,
        ),
        (REPORT, "&report_id=3", {"reportParamsObj": {"ID": "3"}}, None),
        (REPORT, "&report_id=3", {"reportParamsObj": {"ID": "4"}}, "$.reportParamsObj.ID"),
    ],
    ids=repr,
)
def test_other_thing(
    command: str, encoded: str, body: dict[str, Any], expected: str | None
) -> None:
    """A response with another id than the requested one is detected; a blank record passes."""
    assert boxtracker.mismatched_record(body, command, encoded) == expected


@pytest.mark.parametrize(
    ("target", "body", "expected"),
    [
        ("/credentials/7", {"credential": {"id": 7}}, None),
        ("/credentials/7?x=1", {"credential": {"id": "7"}}, None),
        ("/credentials/7", {"credential": {"id": 8}}, "$.credential.id"),
        ("/credentials/7", {"credential": {}}, None),
        ("/credentials/7", {"credential": None}, None),
        ("/credentials", {"credential": {"id": 8}}, None),
        ("/customs/products", {"product": {"id": 8}}, None),
        ("/customs/products/7", {"product": {"id": 8}}, "$.product.id"),
        ("/products/7/skus", {"product": {"id": 8}}, "$.product.id"),
        ("/shops/my%20shop", {"shop": {"id": "My shop"}}, None),
        ("/labels/1Z9", {"label": {"id": 5, "tracking_number": "1z9"}}, None),
        ("/v1/Credentials/7", {"credential": {"id": 8}}, "$.credential.id"),
        ("/v1.1/customs/products/7/", {"product": {"id": 8}}, "$.product.id"),
        ("/entry-points/LAX_1", {"entry_point": {"id": "lax_1"}}, None),
        ("/entry-points/LAX_1", {"entry_point": {"id": "lax_2"}}, "$.entry_point.id"),
        ("/v1/Credentials/7", {"credential": {"id": 7}}, None),
        ("//%2563redentials;x=1/%37;v=1", {"credential": {"id": 8}}, "$.credential.id"),
        ("//%2563redentials;x=1/%37;v=1", {"credential": {"id": 7}}, None),
        ("/customs%2Fproducts/7", {"product": {"id": 8}}, "$.product.id"),
        ("/shops/caf%C3%A9%20%3B%201", {"shop": {"id": "Caf\xe9 ; 1"}}, None),
        ("/shops/a%2Fb", {"shop": {"id": "a/b"}}, None),
        ("/labels/1Z9", {"label": {"id": 5, "tracking_number": "1z8"}}, "$.label.id"),
        ("/orders/status", {"orders": [{"id": 5}]}, None),
        ("/users/me", {"user": {"id": 5}}, None),
        ("/track/9400", {"track": {"tracking_number": "9300"}}, None),
    ],
    ids=repr,
)
def test_other_record(target: str, body: dict[str, Any], expected: str | None) -> None:
    """F126: Another record than the path's is detected, however spelt; lists and others pass."""
    assert boxc.mismatched_record(body, target) == expected


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ("DHL Express", None),
        ("dhl-express", None),
        ("USPS", "$.credential.carrier"),
        (None, None),
    ],
    ids=repr,
)
def test_other_carrier(answered: object, expected: str | None) -> None:
    """A carrier is compared without case, blanks and signs."""
    body = {"credential": {"carrier": answered}}
    assert boxc.mismatched_carrier(body, "DHL Express") == expected
    assert boxc.mismatched_carrier({}, "DHL Express") is None


def test_error() -> None:
    """The error says what happened, which field shows it, and what may have been done."""
    error = identity.misdirected("PUT /credentials", "$.credential.id", changing=True)
    assert "belongs to another request" in str(error)
    assert (error.path, error.may_have_been_applied) == ("$.credential.id", True)
    assert error.retry_stopped_by == "permanent"
