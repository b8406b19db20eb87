"""F72 and F83 to F94: what the caller, or the client, does while the service is silent."""

from tests.canaries.fault import Fault
from tests.canaries.service import Call


async def _waiting(call: Call) -> None:
    while await call.reader.read(65536):
        pass


ACTS = (
    Fault("F72 closed", _waiting, act="close"),
    Fault("F84 cancelled", _waiting, act="cancel"),
    Fault("F85 out of the caller's time", _waiting, act="timeout"),
    Fault("F92 out of the call's time", _waiting, act="deadline"),
    Fault("none at all", times=0),
)
