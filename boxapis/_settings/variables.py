"""The variables that settings consist of, in the environment and in profiles."""

__all__ = ["CLIENT_VARIABLES", "CUSTOMER_VARIABLES", "SECRETS", "VARIABLES"]

CUSTOMER_VARIABLES = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")
"""User name and password of a customer."""

CLIENT_VARIABLES = ("BOXC_CLIENT_ID", "BOXC_CLIENT_SECRET")
"""ID and secret of an OAuth client."""

SECRETS = frozenset(
    {
        "BOXTRACKER_PASSWORD",
        "BOXTRACKER_CUSTOMER_PASSWORD",
        "BOXC_TOKEN",
        "BOXC_CLIENT_SECRET",
        "BOXAPIS_STORE_PEPPER",
    }
)
"""Variables that a profile may hold only as references."""

VARIABLES = SECRETS | {
    "BOXAPIS_ALLOW",
    "BOXAPIS_STORE",
    "BOXTRACKER_USERNAME",
    "BOXTRACKER_CUSTOMER_USERNAME",
    "BOXTRACKER_BASE_URL",
    "BOXC_CLIENT_ID",
    "BOXC_BASE_URL",
    "BOXC_ACCOUNTS_URL",
}
"""All variables."""
