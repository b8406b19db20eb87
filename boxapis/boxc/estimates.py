"""The resource Estimates: prices and transit times (https://docs.boxc.com/#tag/Estimate)."""

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from boxapis._sansio.value import Value
from boxapis.boxc._resource import Resource, prepare
from boxapis.boxc.goods import GivenPackageSize
from boxapis.boxc.parties import Terms

__all__ = ["Coverage", "Estimate", "Estimates", "ServiceEstimate"]


@frozen(kw_only=True, repr=False, eq=False)
class Coverage(Value):
    """The insurance of a parcel with one service.

    Attributes:
        coverage: The insured amount, in dollars.
        fee: The price of the insurance.
    """

    coverage: Decimal | None = None
    fee: Decimal | None = None


@frozen(kw_only=True, repr=False, eq=False)
class ServiceEstimate(Value):
    """Price and transit time of a parcel with one service; prices are in the estimate's currency.

    Attributes:
        service: The service, for instance ``"BoxC Priority"``.
        carrier: The code of the carrier of the last mile.
        exit_point: The airport that it is brought to for the last mile, three letters.
        terms: The terms of delivery that the route accepts.
        cost: The estimated price of shipping.
        surcharge: The additional price by route and weight.
        total_cost: The estimated price with all fees.
        chargeable_weight: The greater one of gross and volumetric weight, in kg.
        gross_weight: The given weight, or the least weight of the route if it is greater, in kg.
        volumetric_weight: Volumetric weight by the rule of the route, in kg.
        transit_min: The least number of days under way.
        transit_max: The greatest number of days under way.
    """

    service: str | None = None
    carrier: str | None = None
    exit_point: str | None = None
    terms: tuple[str, ...] = ()
    cost: Decimal | None = None
    surcharge: Decimal | None = None
    insurance: Coverage | None = None
    total_cost: Decimal | None = None
    chargeable_weight: Decimal | None = None
    gross_weight: Decimal | None = None
    volumetric_weight: Decimal | None = None
    transit_min: int | None = None
    transit_max: int | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Estimate(Value):
    """The estimates of one parcel.

    Attributes:
        currency: The currency of all prices, three letters.
        entry_point: The code of the place where it is handed in.
        services: One estimate for each service; empty if none takes the parcel.
    """

    currency: str | None = None
    entry_point: str | None = None
    services: tuple[ServiceEstimate, ...] = ()


class Estimates(Resource):
    """Estimates, as ``boxc.estimates``."""

    __slots__ = ()

    async def get(
        self,
        *,
        entry_point: str,
        country: str,
        weight: Decimal | float,
        province: str | None = None,
        postal_code: str | None = None,
        height: Decimal | float | None = None,
        length: int | None = None,
        width: int | None = None,
        packages: Sequence[GivenPackageSize] | None = None,
        irregular: bool | None = None,
        value: Decimal | float | None = None,
        currency: str | None = None,
        carrier: str | None = None,
        exit_point: str | None = None,
        terms: Terms | None = None,
        dg_codes: str | Sequence[str] | None = None,
        insurance: bool | None = None,
        signature_confirmation: bool | None = None,
        is_return: bool | None = None,
    ) -> Estimate:
        """Returns the services that take a parcel, with their prices.

        Kind: read. Scope: none, every token will do.

        Args:
            entry_point: The code of the place where it is handed in, 6 characters.
            country: The country of destination, two letters of ISO 3166-1.
            weight: Weight, in kg, above 0.
            province: The province or state of destination, at most 40 characters.
            postal_code: The postal code of destination, at most 10 characters.
            height: Height, in cm; the service's default is 1.
            length: Length, in cm; the service's default is 15.
            width: Width, in cm; the service's default is 10.
            packages: Weight and size of each package, if they are several; at most 12.
            irregular: Whether it is soft, or of irregular shape; the service's default is False.
            value: The value of all goods, for tax and insurance; the service's default is 0.
            currency: The currency of ``value`` and of all prices, three letters; the service's
                default is ``"USD"``.
            carrier: The code of the preferred carrier of the last mile.
            exit_point: The one airport to allow for the last mile, three letters.
            terms: The preferred terms of delivery.
            dg_codes: The codes of dangerous goods in it, for instance ``"0965"``.
            insurance: Whether to insure more than what is included; the service's default is False.
            signature_confirmation: Whether the recipient signs; the service's default is False.
            is_return: Whether it is a return; the service's default is False.
        """
        query: dict[str, object] = {
            "entry_point": entry_point,
            "country": country,
            "weight": weight,
            "province": province,
            "postal_code": postal_code,
            "height": height,
            "length": length,
            "width": width,
            "irregular": irregular,
            "value": value,
            "currency": currency,
            "carrier": carrier,
            "exit_point": exit_point,
            "terms": terms,
            "insurance": insurance,
            "signature_confirmation": signature_confirmation,
            "is_return": is_return,
        }
        if isinstance(dg_codes, str):
            query["dg_codes"] = dg_codes
        else:
            query |= {f"dg_codes[{index}]": code for index, code in enumerate(dg_codes or ())}
        for index, package in enumerate(packages or ()):
            query |= {f"packages[{index}][{name}]": size for name, size in package.items()}
        return await self._read(Estimate, "estimate", prepare("GET /estimate", params=query))
