"""Twenty tasks race with a service that keeps changing its keys.

Each task makes 4,000 calls. Whichever session is renewed meanwhile: all fields of one request come
from one session, every call gets its own answer, and there are no more handshakes than changes.
"""

import asyncio
import itertools
from collections import Counter

from attrs import define, field

from boxapis import BoxTracker, Customer, Retries
from boxapis.transports import Request, Response
from tests.support.doubles import CUSTOMER, JOB_SITES, PORTAL, json_response

TASKS = 20
CALLS = 4000
PEOPLE = 4
STEADY = 20 * TASKS  # commands between two changes, so that no call meets two of them

EXPIRED: dict[str, object] = {"status": 507}


@define(eq=False)
class Rotating:
    """Box Tracker that changes keys after so many commands: all, the API's or the customers'.

    Attributes:
        changes: The number of changes.
        counts: Requests by command.
        opened: The number of successful handshakes by user.
        mixed: Requests whose fields belong to different sessions.
    """

    changes: int = 0
    counts: Counter[str] = field(factory=Counter)
    opened: Counter[str] = field(factory=Counter)
    mixed: list[dict[str, str]] = field(factory=list)
    _live: set[str] = field(factory=set)
    _sessions: set[tuple[str, ...]] = field(factory=set)
    _served: int = 0
    _numbers: "itertools.count[int]" = field(factory=itertools.count)

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Answers after some turns of the loop, by the keys that are valid then."""
        query = request.target.partition("?")[2]
        arguments = dict(pair.split("=", 1) for pair in query.split("&"))
        self.counts[request.operation] += 1
        for _ in range(next(self._numbers) * 7 % 19):
            await asyncio.sleep(0)
        return json_response(self._answer(request.operation, arguments))

    async def aclose(self) -> None:
        """Does nothing: there is nothing to close."""

    def _answer(self, command: str, arguments: dict[str, str]) -> dict[str, object]:
        if command == PORTAL:
            return {"status": 200, "sessionKey": self._key("api")}
        api, name = arguments["session_key_api"], arguments["username_customer"]
        number = int(name.removeprefix("user"))
        if command == CUSTOMER:
            if api not in self._live:
                return EXPIRED
            key = self._key(name)
            self._sessions.add(("api-user", api, name, key, str(number)))
            return {"status": 200, "sessionKey": key, "customerID": number}
        return self._serve(api, arguments)

    def _serve(self, api: str, arguments: dict[str, str]) -> dict[str, object]:
        names = ("username_api", "session_key_api", "username_customer", "session_key_customer")
        if (*(arguments[name] for name in names), arguments["customer_id"]) not in self._sessions:
            self.mixed.append(arguments)
        if not {api, arguments["session_key_customer"]} <= self._live:
            return EXPIRED
        self._served += 1
        if self._served % STEADY == 0:
            self._change()
        return {"status": 200, "offset": arguments["offset"]}

    def _change(self) -> None:
        kept = (("user", "api"), ("user",), ("api",))[self.changes % 3]
        self.changes += 1
        self._live = {key for key in self._live if len(kept) < 2 and key.startswith(kept)}

    def _key(self, owner: str) -> str:
        key = f"{owner}.{next(self._numbers)}"
        self.opened[owner] += 1
        self._live.add(key)
        return key


async def calls(customer: Customer, task: int) -> int:
    """Makes calls one after the other; returns how many got their own answer."""
    numbers = range(task * CALLS, (task + 1) * CALLS)
    answers = [(await customer.command(JOB_SITES, offset=number))["offset"] for number in numbers]
    return sum(answer == str(number) for answer, number in zip(answers, numbers, strict=True))


async def test_rotation_race() -> None:
    """No request mixes keys, every call gets its own answer, one handshake a change at most."""
    server = Rotating()
    async with BoxTracker(
        "api-user", "api-password", transport=server, retries=Retries.none()
    ) as client:
        people = [client.customer(f"user{number}", "password") for number in range(PEOPLE)]
        own = await asyncio.gather(*(calls(people[task % PEOPLE], task) for task in range(TASKS)))
    assert own == [CALLS] * TASKS
    assert server.mixed == []
    assert server.changes == TASKS * CALLS // STEADY
    assert server.counts[JOB_SITES] <= TASKS * CALLS + TASKS * server.changes
    assert server.counts[PORTAL] <= server.changes + 1
    assert all(server.opened[f"user{number}"] <= server.changes + 1 for number in range(PEOPLE))
