"""The 47 status codes of Box Tracker, and the error class of each."""

import pytest

from boxapis._sansio.boxtracker.catalogue import STATUSES
from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PaymentError,
    PermissionDeniedError,
    ServerError,
    SessionExpiredError,
    ValidationError,
)

EXPECTED: dict[int, type[APIError] | None] = {
    200: None,  # success
    300: ValidationError,  # payload not valid
    301: NotFoundError,  # no price sheets to offer
    302: NotFoundError,  # the resource is not available yet
    303: ValidationError,  # inputs are missing
    305: AuthenticationError,  # credentials not valid
    307: ConflictError,  # no date is open for booking
    308: PermissionDeniedError,  # permissions are missing
    309: NotFoundError,  # no web pricing is set up
    310: ValidationError,  # report parameters missing or malformed
    311: ServerError,  # refused because it would harm performance
    312: NotFoundError,  # not a valid report
    320: ServerError,  # the request could not be created
    321: ServerError,  # the customer record could not be created
    322: ServerError,  # the job site record could not be created
    324: PaymentError,  # credit card not valid
    325: PaymentError,  # the credit card could not be saved
    326: ValidationError,  # priceSheetID missing
    327: PaymentError,  # merchant services not configured
    328: PaymentError,  # merchant services credentials missing
    329: PaymentError,  # merchant services not configured
    333: ValidationError,  # latitude or longitude missing or malformed
    334: ValidationError,  # distanceByRoad missing or malformed
    335: ConflictError,  # job site too far from the map centre
    336: ServerError,  # the request could not be saved
    337: ValidationError,  # mode missing
    338: ConflictError,  # this day of the week cannot be booked
    340: PaymentError,  # transaction declined
    500: AuthenticationError,  # credentials not valid
    502: AuthenticationError,  # user not valid
    506: ServerError,  # a key could not be generated
    507: SessionExpiredError,  # session expired
    508: SessionExpiredError,  # session key not valid
    509: PermissionDeniedError,  # wrong IP address
    510: ServerError,  # the server could not be reached
    511: ServerError,  # no data could be generated
    512: ServerError,  # update failed
    513: ServerError,  # e-mail could not be sent
    514: ConflictError,  # the order date cannot be changed to today
    515: ConflictError,  # limit of containers in exceeded
    516: ConflictError,  # limit of containers out exceeded
    517: ConflictError,  # both limits exceeded
    518: ConflictError,  # the date is blacked out
    600: SessionExpiredError,  # session key or user name not valid
    602: ValidationError,  # no required fields are present
    700: SessionExpiredError,  # updating the session failed
    900: ServerError,  # database connection failed
}


def test_the_table_is_whole() -> None:
    """There are 47 status codes."""
    assert len(EXPECTED) == 47
    assert set(STATUSES) == set(EXPECTED)


@pytest.mark.parametrize("status", EXPECTED)
def test_statuses(status: int) -> None:
    """Each status code has its error class; only 200 is success."""
    assert STATUSES[status].error is EXPECTED[status]


@pytest.mark.parametrize("status", EXPECTED)
def test_meanings(status: int) -> None:
    """Each has a short meaning of its own, which is no sentence."""
    meaning = STATUSES[status].meaning
    assert 5 < len(meaning) < 80
    assert not meaning.endswith(".")


def test_advice() -> None:
    """Where the caller can do something, there is advice."""
    assert "static IP address" in STATUSES[509].advice
    assert "password" in STATUSES[500].advice
    assert STATUSES[305].advice == STATUSES[500].advice == STATUSES[502].advice
    for status in (507, 508, 600, 700):
        assert STATUSES[status].advice == "shake hands again"
    for status in (515, 516, 517, 518):
        assert "another date" in STATUSES[status].advice


@pytest.mark.parametrize("advice", sorted({row.advice for row in STATUSES.values() if row.advice}))
def test_advice_can_stand_behind_a_colon(advice: str) -> None:
    """Advice is the end of an error's text."""
    assert advice[0].islower()
    assert advice[-1].isalpha()
