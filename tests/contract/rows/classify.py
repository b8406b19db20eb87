"""Calls of `Classify`."""

from boxapis.boxc.classify import GivenUnclassified
from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.classify.suggest(
        [{"description": "Socks", "hs_code": "611595"}, {"description": "Sports bra"}],
        origin_country="CN",
        destination_country="US",
    ),
)

GIVEN: Given = {"POST /classify classify.products": GivenUnclassified}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
