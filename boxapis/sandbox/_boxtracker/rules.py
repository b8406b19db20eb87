"""Settings for the behaviour of Box Tracker that is not documented."""

from typing import Literal

from attrs import frozen

from boxapis.sandbox._boxtracker.dialect import BOTH, Dialect


@frozen(kw_only=True)
class BoxTrackerRules:
    """The behaviour of Box Tracker where its documentation is silent or sources disagree.

    Attributes:
        dialect: How responses are written.
        http_status: HTTP status, whatever the ``status`` in the body.
        session_seconds: Idle time in seconds after which a session has expired.
        customer_command_extends: The sessions that a customer's command keeps alive.
        confirm_returns: The key in the response to a customer handshake with a live key.
        earlier_keys: Whether earlier keys of the same user stay valid after a new log-in.
        awkward_keys: Whether session keys hold characters that must be percent-encoded.
        allowed_addresses: The only addresses that may call; None allows all.
        api_password_status: Status for a wrong password of an API user.
        customer_password_status: Status for a wrong password of a customer.
        unknown_user_status: Status for an unknown API user or customer.
        unknown_command_status: Status for an unknown command.
        missing_command_status: Status for a request without a command.
        empty_list_status: Status of a list without a record.
        similar_orders_status: Status beside ``similarWOs``.
        terms_required: Whether orders of the web API must accept the terms, by ``customer_terms``.
    """

    dialect: Dialect = BOTH
    http_status: int = 200
    session_seconds: float = 300.0
    customer_command_extends: Literal["both", "customer"] = "both"
    confirm_returns: Literal["same", "new", "none"] = "same"
    earlier_keys: Literal["live", "dropped"] = "live"
    awkward_keys: bool = False
    allowed_addresses: frozenset[str] | None = None
    api_password_status: int = 500
    customer_password_status: int = 305
    unknown_user_status: int = 502
    unknown_command_status: int = 300
    missing_command_status: int = 303
    empty_list_status: int = 200
    similar_orders_status: int = 512
    terms_required: bool = False
