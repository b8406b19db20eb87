"""The rules of Box Tracker that nobody has written down: each is a setting."""

from typing import Literal

from attrs import frozen

from boxapis.sandbox._boxtracker.dialect import DOCUMENTED, Dialect


@frozen(kw_only=True)
class BoxTrackerRules:
    """Which of several plausible services the sandbox plays.

    Meaning of the settings:

    - `dialect`: how answers are written.
    - `http_status`: status of the HTTP line, whatever the body says.
    - `session_seconds`: idle time after which a session is dead.
    - `customer_command_extends`: which sessions a customer's command keeps alive.
    - `confirm_returns`: the key in the answer to a customer handshake made with a live key.
    - `earlier_keys`: what a new log-in does to earlier keys of the same user.
    - `bind_customer_to_api`: a customer key counts only beside the API key it was opened under.
    - `awkward_keys`: session keys hold characters that must be percent-encoded.
    - `allowed_addresses`: the only addresses that may call, or None for all.
    - `api_password_status`, `customer_password_status`, `unknown_user_status`: refusals of
      handshakes.
    - `unknown_command_status`, `missing_command_status`: refusals of odd commands.
    - `empty_list_status`: status of a list that has no record.
    """

    dialect: Dialect = DOCUMENTED
    http_status: int = 200
    session_seconds: float = 300.0
    customer_command_extends: Literal["both", "customer"] = "both"
    confirm_returns: Literal["same", "new", "none"] = "same"
    earlier_keys: Literal["live", "dropped"] = "live"
    bind_customer_to_api: bool = False
    awkward_keys: bool = False
    allowed_addresses: frozenset[str] | None = None
    api_password_status: int = 500
    customer_password_status: int = 305
    unknown_user_status: int = 502
    unknown_command_status: int = 300
    missing_command_status: int = 303
    empty_list_status: int = 200
