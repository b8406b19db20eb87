"""Settings for the behaviour of BoxC that its documentation leaves open."""

from typing import Literal

from attrs import frozen


@frozen(kw_only=True)
class BoxCRules:
    """The behaviour of BoxC where its documentation is silent or sources disagree.

    Attributes:
        masked: How secret values are shown: ``empty`` strings, or the whole ``params`` ``absent``.
        undeleted: Value of ``deleted`` while a credential is not deleted.
        soft_delete_visible: Whether deleted credentials are still shown, with the time of deletion.
        scope_named: Whether code 1009 names the missing scope.
        limits: Accepted page sizes: ``lenient`` takes 1 to 100, so that small pages can be tested;
            ``reject`` refuses sizes outside 50 to 100, and ``clamp`` moves them into that range.
        update_needs_carrier: Whether an update without the carrier is refused with 1000.
        labels_fail: Whether labels fail with 1203; a shipment that asked for one is created with
            this error in it.
        ready_after: Seconds from the creation of a label or manifest, or of a reshipment of several
            returns, until its PDF, its forms or its estimated fee is there, and the event of it is
            published, at the next request; 0 for at once, infinity for never. Until then the PDF of
            a label is refused with 1207, that of many with 1205 as in the description's example,
            and that of a manifest with 1275, since no source names a code for it.
        refuse_local_webhooks: Whether local addresses of webhooks are refused, as by the service;
            nothing can then be delivered, since the sandbox delivers to loopback addresses only.
        webhook_attempts: How often a delivery is attempted until it succeeds. The service attempts
            it four times within an hour; the sandbox does not wait in between.
        retry_after: Whether 429 has a ``Retry-After`` header, which is not documented.
        rate_headers_on_errors: Whether responses of 400 and above have the rate headers too.
    """

    masked: Literal["empty", "absent"] = "empty"
    undeleted: bool | None = False
    soft_delete_visible: bool = False
    scope_named: bool = True
    limits: Literal["lenient", "reject", "clamp"] = "lenient"
    update_needs_carrier: bool = False
    labels_fail: bool = False
    ready_after: float = 0.0
    refuse_local_webhooks: bool = False
    webhook_attempts: int = 1
    retry_after: bool = False
    rate_headers_on_errors: bool = True
