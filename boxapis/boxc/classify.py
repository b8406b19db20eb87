"""The resource Classify: HS codes of products, billed (https://docs.boxc.com/#tag/Classify)."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Resource, prepare

__all__ = ["Classification", "ClassifiedProduct", "Classify", "GivenUnclassified", "Suggestion"]


class GivenUnclassified(TypedDict):
    """A product to classify."""

    description: str  # 3 to 128 characters
    hs_code: NotRequired[str]  # if one is known, 6 to 10 digits


@frozen(kw_only=True, repr=False, eq=False)
class Suggestion(Value):
    """The most likely codes and description of a product.

    Attributes:
        import_hs_code: The HS code in the country of destination, 10 digits.
        export_hs_code: The HS code in the country of origin, 10 digits.
    """

    import_hs_code: kinds.Scalar | None = None
    export_hs_code: kinds.Scalar | None = None
    description: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class ClassifiedProduct(Value):
    """A product as it was given, and what is suggested for it."""

    description: str | None = None
    hs_code: kinds.Scalar | None = None
    result: Suggestion | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Classification(Value):
    """Suggestions for products.

    Attributes:
        origin_country: The country of origin, two letters of ISO 3166-1.
        destination_country: The country of destination, two letters of ISO 3166-1.
    """

    products: tuple[ClassifiedProduct, ...] = ()
    origin_country: str | None = None
    destination_country: str | None = None


class Classify(Resource):
    """Suggestions of HS codes, as ``boxc.classify``."""

    __slots__ = ()

    async def suggest(
        self,
        products: Sequence[GivenUnclassified],
        *,
        origin_country: str,
        destination_country: str,
    ) -> Classification:
        """Returns the most likely HS codes and descriptions of products.

        Kind: changing, because each successful request costs 0.05 US dollars, however many
        products it has; so it is never sent twice. Scope: ``classify``.

        Args:
            products: The products, 1 to 20.
            origin_country: The country of origin, two letters of ISO 3166-1.
            destination_country: The country of destination, two letters of ISO 3166-1.

        Raises:
            ValidationError: the service does not accept an argument (1000, 1215).
            PaymentError: the balance does not suffice (1080).
            ServerError: the service cannot classify or charge at present (1010).
            OutcomeUnknownError: it was sent and no response settled it; it may have been charged.
        """
        fields = {"origin_country": origin_country, "destination_country": destination_country}
        body = {"classify": {**fields, "products": products}}
        return await self._read(Classification, "classify", prepare("POST /classify", json=body))
