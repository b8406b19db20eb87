"""The nine carriers of BoxC credentials and the names of their parameters.

Names move with time, so both generations stand here: those of the 2023 pages and those of the
description 1.123. The table warns; it never refuses. Source: the page "Carrier Credentials"
(https://docs.boxc.com/#tag/CarrierCredentials) and its forerunner of 2023.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import field, frozen

from boxapis.secret import Secret

__all__ = ["CARRIER_PARAMETERS", "SealedParameters", "seal_parameters", "unknown_parameters"]

CARRIER_PARAMETERS = MappingProxyType(
    {
        "AUSPost": frozenset({"api_key", "api_password", "account_number"}),
        "DeutschePost": frozenset(
            {
                *("gkp_username", "gkp_password", "dp_api_key", "dp_api_secret", "ekp"),
                "contract_participation",
                # Gone from the newer description, still on the older page.
                *("cig_username", "cig_password", "tnt_username", "tnt_password"),
                *("retoure_username", "retoure_password"),
            }
        ),
        "DHLeC": frozenset({"client_id", "client_secret"}),
        "DHL Express": frozenset({"api_username", "api_password"}),
        "Janio": frozenset({"api_key"}),
        "PosteItaliane": frozenset({"client_id", "client_secret_id", "cost_center"}),
        "PostNL": frozenset({"api_key", "customer_code", "customer_number"}),
        "SPL": frozenset({"username", "password"}),
        "SkyPostal": frozenset({"app_key", "user_key", "user_code"}),
    }
)
"""Carrier code to the parameter names known for it."""

_EVERY_NAME = frozenset().union(*CARRIER_PARAMETERS.values())


def unknown_parameters(carrier: str | None, names: Iterable[str]) -> list[str]:
    """The names that this carrier, or without a carrier no carrier, is known to use.

    An unknown carrier is measured against the names of all.
    """
    known = CARRIER_PARAMETERS.get(carrier or "", _EVERY_NAME)
    return sorted(set(names) - known)


@frozen
class SealedParameters:
    """The ``params`` of a caller with every value out of sight, or what is wrong with them."""

    params: Mapping[str, Secret] = field(factory=dict, repr=lambda params: str(sorted(params)))
    problem: str | None = None


def seal_parameters(params: object) -> SealedParameters:
    """Seals parameters; never raises, so no frame shows them."""
    if not isinstance(params, Mapping) or not params:
        return SealedParameters(
            problem="params must be a mapping of names to values, and not empty"
        )
    if not all(isinstance(name, str) and name for name in params):
        return SealedParameters(problem="every name in params must be a non-empty str")
    wrong = [name for name, value in params.items() if not isinstance(value, str | Secret)]
    if wrong:
        return SealedParameters(problem=f"params[{wrong[0]!r}] must be str or Secret")
    return SealedParameters({name: Secret(value) for name, value in params.items()})
