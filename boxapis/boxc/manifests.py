"""The resource Manifests: papers of overpacks (https://docs.boxc.com/#tag/Manifests)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Listing, PageOptions, Resource, given, prepare
from boxapis.boxc.overpacks import Overpack

__all__ = ["Manifest", "Manifests"]


@frozen(kw_only=True, repr=False, eq=False)
class Manifest(Value):
    """A manifest; the service completes it in the background, within minutes.

    Attributes:
        entry_point: The code of the place where the overpacks are handed in.
        carrier: The carrier that brings them there.
        tracking_number: That carrier's tracking number.
        overpacks: The overpacks; empty in a list of manifests.
        overpack_details: The overpacks, by the name that the service has deprecated.
        total_overpacks: The number of overpacks, in a list of manifests only.
        total_shipments: The number of shipments; None until the manifest is complete.
        mawb_id: The number of its Master Airway Bill; None at first.
        warehouse_no: An internal reference, 11 or 12 characters; None at first.
    """

    id: int
    entry_point: str | None = None
    carrier: str | None = None
    tracking_number: kinds.Scalar | None = None
    overpacks: tuple[Overpack, ...] = ()
    overpack_details: tuple[Overpack, ...] = ()
    total_overpacks: int | None = None
    total_shipments: int | None = None
    mawb_id: int | None = None
    warehouse_no: kinds.Scalar | None = None
    created: datetime | None = None


class Manifests(Resource):
    """Manifests of the token's user, as ``boxc.manifests``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1275).
    """

    __slots__ = ()

    def list(
        self,
        *,
        entry_point: str | None = None,
        **pages: Unpack[PageOptions],
    ) -> Listing[Manifest]:
        """Lists manifests, page after page. Kind: read. Scope: ``read_shipments``.

        Args:
            entry_point: The code of the one entry point to list.
        """
        query = {"entry_point": entry_point}
        return self._list(Manifest, "manifests", "GET /manifests", query, **pages)

    async def get(self, id: int) -> Manifest:
        """Returns one manifest with its overpacks. Kind: read. Scope: ``read_shipments``."""
        return await self._read(Manifest, "manifest", prepare("GET /manifests/{id}", id))

    async def pdf(self, id: int) -> bytes:
        """Returns the carriers' forms in one PDF, minutes after `create` at the earliest.

        Kind: read. Scope: ``read_shipments``. Some routes have no forms.
        """
        return await self._read_file(prepare("GET /manifests/{id}", id, accept=PDF))

    async def wait(self, id: int, *, deadline: float) -> Manifest:
        """Returns a manifest as soon as it is complete, within minutes as a rule. Kind: read.

        It looks as `boxc.labels.wait` does; the webhook topic ``manifests_complete`` says the same
        without asking. Scope: ``read_shipments``.

        Complete is a manifest whose ``total_shipments`` is not None, which "may show as null while
        the manifest is being created in the background" by the service's description. Whether its
        forms are there at that moment, or what `pdf` answers before, no source says.

        Args:
            deadline: Seconds for the whole wait, 0.01 or more.

        Raises:
            ConfigurationError: the deadline is no such number. Nothing was sent.
            WaitTimeoutError: it was not complete by then; ``value`` is the manifest as last seen.
            BoxAPIError: a look failed and waiting would not help.
        """
        return await self._wait("GET /manifests/{id}", id, _is_complete, deadline)

    async def create(
        self,
        overpacks: Sequence[int],
        *,
        carrier: str | None = None,
        tracking_number: str | None = None,
    ) -> Manifest:
        """Creates a manifest; its overpacks and shipments can no longer change.

        Kind: changing, and never sent twice. Scope: ``write_shipments``.

        Args:
            overpacks: The numbers of the overpacks, 1 or more, all of one entry point, and each
                with parcels, weight and size.
            carrier: The carrier that brings them to the entry point, at most 20 characters.
            tracking_number: That carrier's tracking number, at most 40 characters.

        Raises:
            ConflictError: an overpack is empty (1270), of another entry point (1271), on another
                manifest (1272) or without weight or size (1273), or the destination needs no
                manifest (1220), or packages of a shipment are not in it (1276, 1277).
            NotFoundError: an overpack is not there, or is not yours (1250).
            ServerError: it could not be created (1274).
            OutcomeUnknownError: it was sent and no response settled it: list the manifests.
        """
        sender = given(carrier=carrier, tracking_number=tracking_number)
        body = {"manifest": {"overpacks": overpacks, **sender}}
        return await self._read(Manifest, "manifest", prepare("POST /manifests", json=body))


def _is_complete(manifest: Manifest) -> bool:
    return manifest.total_shipments is not None
