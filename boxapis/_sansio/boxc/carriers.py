"""The nine carriers of BoxC credentials with their parameter names, and sealing of parameters.

Names change over time, so the table holds those of the 2023 pages and of the description 1.123. It
serves for warnings only, never for a refusal. Source: the page "Carrier Credentials"
(https://docs.boxc.com/#tag/CarrierCredentials) and its predecessor of 2023.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import cast

from attrs import field, frozen

from boxapis._sansio.text import UNREADABLE, exact_mapping
from boxapis.secret import Secret

__all__ = ["CARRIER_PARAMETERS", "SealedParameters", "seal_parameters", "unknown_parameters"]

CARRIER_PARAMETERS = MappingProxyType(
    {
        "AUSPost": frozenset({"api_key", "api_password", "account_number"}),
        "DeutschePost": frozenset(
            {
                *("gkp_username", "gkp_password", "dp_api_key", "dp_api_secret", "ekp"),
                "contract_participation",
                # Only on the older page.
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
"""The known parameter names of each carrier code."""

_ALL_PARAMETERS = frozenset().union(*CARRIER_PARAMETERS.values())


def unknown_parameters(carrier: str | None, names: Iterable[str]) -> list[str]:
    """Returns the names that are not known for a carrier, sorted.

    For no carrier, or an unknown one, the names of all carriers are known.
    """
    known = CARRIER_PARAMETERS.get(carrier or "", _ALL_PARAMETERS)
    return sorted(set(names) - known)


@frozen
class SealedParameters:
    """The parameters of a credential as secrets.

    Attributes:
        params: The values by name; the repr shows only the names.
        problem: Why they cannot be sent; None when they can.
    """

    params: Mapping[str, Secret] = field(factory=dict, repr=lambda params: str(sorted(params)))
    problem: str | None = None


def seal_parameters(params: object) -> SealedParameters:
    """Seals parameters; never raises, so no traceback shows a frame with their values."""
    try:
        exact = exact_mapping(params) if issubclass(type(params), Mapping) else {}
    except Exception:  # noqa: BLE001 - whatever a value does, its error would show this frame
        return SealedParameters(problem=f"params {UNREADABLE}")
    if exact is None or "" in exact:
        return SealedParameters(problem="every name in params must be a non-empty str")
    if not exact:
        return SealedParameters(
            problem="params must be a mapping of names to values, and not empty"
        )
    sealed: dict[str, Secret] = {}
    for name, value in exact.items():
        if not issubclass(type(value), (str, Secret)):
            return SealedParameters(problem=f"params[{name[:200]!r}] must be str or Secret")
        sealed[name] = Secret(cast("str", value))
    return SealedParameters(sealed)
