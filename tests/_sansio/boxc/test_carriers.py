"""The carriers of BoxC credentials, and sealing of their parameters."""

import pytest

from boxapis._sansio.boxc.carriers import (
    CARRIER_PARAMETERS,
    SealedParameters,
    seal_parameters,
    unknown_parameters,
)
from boxapis.secret import Secret

DESCRIBED = {
    "AUSPost": {"api_key", "api_password", "account_number"},
    "DeutschePost": {
        *("gkp_username", "gkp_password", "dp_api_key", "dp_api_secret", "ekp"),
        "contract_participation",
    },
    "DHLeC": {"client_id", "client_secret"},
    "DHL Express": {"api_username", "api_password"},
    "Janio": {"api_key"},
    "PosteItaliane": {"client_id", "client_secret_id", "cost_center"},
    "PostNL": {"api_key", "customer_code", "customer_number"},
    "SPL": {"username", "password"},
    "SkyPostal": {"app_key", "user_key", "user_code"},
}
OLDER = {
    *("cig_username", "cig_password", "tnt_username", "tnt_password"),
    *("retoure_username", "retoure_password"),
}


def test_the_table_is_whole() -> None:
    """There are nine carriers with 25 parameters, and six older names of Deutsche Post."""
    assert sum(map(len, DESCRIBED.values())) == 25
    expected = DESCRIBED | {"DeutschePost": DESCRIBED["DeutschePost"] | OLDER}
    assert {carrier: set(names) for carrier, names in CARRIER_PARAMETERS.items()} == expected


@pytest.mark.parametrize("carrier", DESCRIBED)
def test_known_parameters(carrier: str) -> None:
    """A carrier's own parameters are known."""
    assert unknown_parameters(carrier, DESCRIBED[carrier]) == []


def test_unknown_parameters_are_sorted() -> None:
    """Unknown parameters are returned sorted, each once."""
    names = ["zebra", "api_key", "client_id", "api_key"]
    assert unknown_parameters("DHLeC", names) == ["api_key", "zebra"]


@pytest.mark.parametrize("carrier", [None, "", "NewCarrier", "dhlec"], ids=repr)
def test_an_unknown_carrier_is_measured_against_all(carrier: str | None) -> None:
    """Without a known carrier, the parameters of all carriers are known."""
    names = ["client_id", "cost_center", "cig_username", "zebra"]
    assert unknown_parameters(carrier, names) == ["zebra"]


def test_parameters_are_sealed() -> None:
    """Every value is sealed, in a copy of the mapping."""
    given = {"b": "Zq9X", "a": Secret("Zq9X/+")}
    sealed = seal_parameters(given)
    given.clear()
    assert sealed.problem is None
    assert dict(sealed.params) == {"b": Secret("Zq9X"), "a": Secret("Zq9X/+")}
    assert repr(sealed) == "SealedParameters(params=['a', 'b'], problem=None)"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (None, "params must be a mapping"),
        ({}, "params must be a mapping"),
        ([("a", "Zq9X")], "params must be a mapping"),
        ("Zq9X", "params must be a mapping"),
        ({"": "Zq9X"}, "every name in params must be"),
        ({5: "Zq9X"}, "every name in params must be"),
        ({Secret: "Zq9X"}, "every name in params must be"),
        ({"a": "x", "b": 5}, "params['b'] must be str or Secret"),
        ({"a": None}, "params['a'] must be str or Secret"),
        ({"a": b"Zq9X"}, "params['a'] must be str or Secret"),
    ],
    ids=repr,
)
def test_sealing_never_raises(given: object, problem: str) -> None:
    """Invalid parameters become a problem, and no value is kept or shown."""
    sealed = seal_parameters(given)
    assert sealed == SealedParameters(problem=sealed.problem)
    assert sealed.problem is not None
    assert sealed.problem.startswith(problem)
    assert "Zq9X" not in repr(sealed)
