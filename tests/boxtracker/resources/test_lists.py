"""Lists by offset: they end, give each record once, and their pages can be taken one by one."""

from typing import Any

import pytest

from boxapis import (
    BoxTracker,
    ConfigurationError,
    InvalidResponseError,
    PaginationError,
    RawResponse,
    ServerError,
)
from boxapis.boxtracker.job_sites import ListedJobSite
from boxapis.secret import Secret
from tests.support.doubles import JOB_SITES, FakeTracker, handshakes
from tests.support.scripted_customer import refused, scripted_customer, sent

pytestmark = pytest.mark.usefixtures("closing")


class MovingSites:
    """A service with job sites that change while they are listed.

    Attributes:
        ids: The ids of the job sites, in order.
        size: Records per page.
        count: Returns ``recordCount``; None leaves it out.
        between: Called after each page.
    """

    def __init__(
        self, ids: list[int], *, size: int = 50, count: Any = len, between: Any = lambda _: None
    ) -> None:
        self.ids = ids
        self.size = size
        self.count = count
        self.between = between
        self.pages = 0

    def __call__(self, request: Any) -> Any:
        """Answers a request for a page."""
        if request.operation != JOB_SITES:
            return None
        offset = int(request.arguments["offset"])
        found = self.ids[offset : offset + self.size]
        body: dict[str, Any] = {"status": 200, "jobSiteObjList": [{"ID": one} for one in found]}
        if self.count is not None:
            body["recordCount"] = self.count(self.ids)
        self.pages += 1
        self.between(self.ids)
        return body


async def listed(client: BoxTracker, server: FakeTracker, sites: MovingSites) -> list[int]:
    """The ids that a walk gives."""
    server.answers.append(sites)
    customer = client.customer("jane", "jane-password")
    return [site.id async for site in customer.job_sites.list()]


COUNTS: dict[str, Any] = {
    "number": len,
    "text": lambda ids: str(len(ids)),
    "absent": None,
    "null": lambda _: None,
    "no number": lambda _: "many",
    "unknown": lambda _: -1,
}


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS)
async def test_all_of_230(client: BoxTracker, server: FakeTracker, count: Any) -> None:
    """F104: a list ends with its last record, whether the service counts in text, number or not."""
    sites = MovingSites(list(range(230)), count=count)
    assert await listed(client, server, sites) == list(range(230))
    assert sites.pages == (6 if count not in (len, COUNTS["text"]) else 5)


@pytest.mark.parametrize("size", [1, 7, 49, 51, 400])
async def test_pages_of_another_size(client: BoxTracker, server: FakeTracker, size: int) -> None:
    """F104: a page that is larger or smaller than promised loses and repeats nothing."""
    sites = MovingSites(list(range(110)), size=size)
    assert await listed(client, server, sites) == list(range(110))


async def test_added_while_listing(client: BoxTracker, server: FakeTracker) -> None:
    """F103: records that are added during the walk move others, and none comes twice."""
    new = iter(range(1000, 1100))
    sites = MovingSites(list(range(230)), between=lambda ids: ids.insert(0, next(new)))
    found = await listed(client, server, sites)
    assert len(found) == len(set(found))
    assert set(range(230)) <= set(found)


async def test_removed_while_listing(client: BoxTracker, server: FakeTracker) -> None:
    """F103: records that are removed make the walk skip others, as its docstring says."""
    sites = MovingSites(list(range(230)), between=lambda ids: ids.pop(0))
    found = await listed(client, server, sites)
    assert len(found) == len(set(found)) == 226


async def test_the_same_page_again(client: BoxTracker, server: FakeTracker) -> None:
    """F104: a service that ignores the offset and does not count gives one page, once."""

    def first(request: Any) -> Any:
        same = {"status": 200, "jobSiteObjList": [{"ID": 1}, {"ID": 2}]}
        return same if request.operation == JOB_SITES else None

    server.answers.append(first)
    customer = client.customer("jane", "jane-password")
    assert [site.id async for site in customer.job_sites.list()] == [1, 2]
    assert server.counts[JOB_SITES] == 2


async def test_an_endless_count(client: BoxTracker, server: FakeTracker) -> None:
    """F104: twenty pages without a new record end a list whose count promises more for ever."""

    def same(request: Any) -> Any:
        body = {"status": 200, "jobSiteObjList": [{"ID": 1}], "recordCount": 10**9}
        return body if request.operation == JOB_SITES else None

    server.answers.append(same)
    found = []
    with pytest.raises(PaginationError) as caught:
        async for site in client.customer("jane", "jane-password").job_sites.list():
            found.append(site.id)  # noqa: PERF401 - it ends with an error
    assert found == [1]
    assert server.counts[JOB_SITES] == 21
    assert caught.value.resume_token == "21"
    assert "offset" in caught.value.next_step


@pytest.mark.parametrize("count", [3, "4", 99])
async def test_a_list_cut_short(count: Any) -> None:
    """F176: a service that ignores the offset and counts more gives an error, not a short list."""
    same = {"jobSiteObjList": [{"ID": 1}, {"ID": 2}], "recordCount": count}
    customer, _ = scripted_customer(*[same] * 21)
    found = []
    with pytest.raises(PaginationError, match="counts more"):
        async for site in customer.job_sites.list():
            found.append(site.id)  # noqa: PERF401 - it ends with an error
    assert found == [1, 2]


async def test_renewal_between_pages(client: BoxTracker, server: FakeTracker, time: Any) -> None:
    """F105: a session that expires between two pages is renewed, and the list goes on."""
    pages = MovingSites(list(range(110)))

    def checked(request: Any) -> Any:
        if request.operation != JOB_SITES:
            return None
        status = server._use(request.arguments["session_key_customer"])
        return pages(request) if status is None else {"status": status}

    server.answers.append(checked)
    found = []
    async for site in client.customer("jane", "jane-password").job_sites.list():
        found.append(site.id)
        if len(found) in (50, 100):
            server.expire_all()
    assert found == list(range(110))
    assert pages.pages == 3
    assert handshakes(server)[1] == 3


async def test_pages() -> None:
    """Pages can be taken one by one; each says where the next one begins and how many there are."""
    customer, transport = scripted_customer(
        {"jobSiteObjList": [{"ID": "1"}, {"ID": 2}], "recordCount": "3", "offset": "2"},
        {"jobSiteObjList": [{"ID": 3}], "recordCount": 3, "offset": 3, "apiKey": "x", "more": 1},
    )
    sites = customer.job_sites.list(search="Elm", order_by="Job Name|DESC")
    assert (sites.total, transport.requests) == (None, [])
    page = await sites.page()
    assert (page.items, page.total, page.next_offset) == (
        (ListedJobSite(id=1), ListedJobSite(id=2)),
        3,
        2,
    )
    last = await sites.page(2)
    assert (last.next_offset, sites.total) == (None, 3)
    assert last.extra == {"apiKey": Secret("x"), "more": 1}
    arguments = {"search": "Elm", "orderBy": "Job Name|DESC"}
    assert sent(transport) == [
        (JOB_SITES, {"offset": "0", **arguments}),
        (JOB_SITES, {"offset": "2", **arguments}),
    ]


EMPTY: dict[str, dict[str, Any]] = {
    "array": {"jobSiteObjList": [], "recordCount": 0, "offset": 0},
    "object": {"jobSiteObjList": {}},
    "null": {"jobSiteObjList": None},
    "absent": {"recordCount": "0"},
}


@pytest.mark.parametrize("body", EMPTY.values(), ids=EMPTY)
async def test_empty_lists(body: dict[str, Any]) -> None:
    """A list without records is empty, in whatever form the service says so."""
    customer, _ = scripted_customer(body)
    assert [site async for site in customer.job_sites.list()] == []


async def test_object_of_records() -> None:
    """An object of records is read like an array, as the documentation and the client differ."""
    customer, _ = scripted_customer({"jobSiteObjList": {"101": {"ID": 101}, "102": {"ID": "102"}}})
    page = await customer.job_sites.list().page()
    assert page.items == (ListedJobSite(id=101), ListedJobSite(id=102))


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$.jobSiteObjList"),
        ({"jobSiteObjList": "none"}, "$.jobSiteObjList"),
        ({"jobSiteObjList": [{"ID": 1}, {"ID": ""}]}, "$.jobSiteObjList[1].ID"),
    ],
)
async def test_misshapen_lists(body: Any, path: str) -> None:
    """F43: what does not fit is named by its path."""
    customer, _ = scripted_customer(body)
    with pytest.raises(InvalidResponseError) as caught:
        await customer.job_sites.list().page()
    assert caught.value.path == path


async def test_a_failed_page() -> None:
    """F101: an error in the middle says at which offset to go on."""
    first = {"jobSiteObjList": [{"ID": 1}], "recordCount": 2}
    customer, _ = scripted_customer(first, refused(900), {"jobSiteObjList": [{"ID": 2}]})
    sites, found = customer.job_sites.list(), []
    with pytest.raises(ServerError) as caught:
        async for site in sites:
            found.append(site.id)  # noqa: PERF401 - it ends with an error
    assert (found, caught.value.resume_token) == ([1], "1")
    assert (await sites.page(1)).items == (ListedJobSite(id=2),)


@pytest.mark.parametrize("offset", [-1, "0", 1.0, True, None])
async def test_wrong_offsets(offset: Any) -> None:
    """An offset that is no whole number, 0 or more, is refused, and nothing is sent."""
    customer, transport = scripted_customer()
    with pytest.raises(ConfigurationError, match="offset"):
        await customer.job_sites.list().page(offset)
    assert transport.requests == []


async def test_raw_lists() -> None:
    """A raw page has the response beside it, and a walk over a raw list gives its records."""
    body = {"jobSiteObjList": [{"ID": 1}], "recordCount": 1}
    customer, _ = scripted_customer(body, body)
    raw: RawResponse = await customer.raw.job_sites.list().page()
    assert (raw.status, raw.decoded.items) == (200, (ListedJobSite(id=1),))
    assert [site.id async for site in customer.raw.job_sites.list()] == [1]


def test_a_listing_shows_nothing() -> None:
    """The repr of a list has no argument."""
    customer, _ = scripted_customer()
    assert "Elm" not in repr(customer.job_sites.list(search="Elm"))
