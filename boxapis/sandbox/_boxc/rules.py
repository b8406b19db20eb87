"""The rules of BoxC that its documents leave open: each is a setting."""

from typing import Literal

from attrs import frozen


@frozen(kw_only=True)
class BoxCRules:
    """Which of several plausible services the sandbox plays.

    Meaning of the settings:

    - `masked`: secret values are shown as empty strings, or the whole ``params`` is left out.
    - `undeleted`: the value of ``deleted`` while a credential is not deleted.
    - `soft_delete_visible`: deleted credentials are still shown, with the time of deletion.
    - `scope_named`: code 1009 tells which scope is missing.
    - `limits`: page sizes: ``lenient`` takes 1 to 100 so that small pages can be tested,
      ``reject`` and ``clamp`` know 50 to 100 only.
    - `update_needs_carrier`: an update without the carrier is refused with 1000.
    - `retry_after`: 429 comes with ``Retry-After``, which no document promises.
    - `rate_headers_on_errors`: answers of 400 and above carry the rate headers too.
    """

    masked: Literal["empty", "absent"] = "empty"
    undeleted: bool | None = False
    soft_delete_visible: bool = False
    scope_named: bool = True
    limits: Literal["lenient", "reject", "clamp"] = "lenient"
    update_needs_carrier: bool = False
    retry_after: bool = False
    rate_headers_on_errors: bool = True
