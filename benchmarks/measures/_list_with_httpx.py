"""A script that prints all credentials with httpx, as one would write it without this library."""

import os

import httpx


def main() -> None:
    """Prints the number, the carrier and the time of each credential, page after page."""
    base, token = os.environ["BOXC_BASE_URL"], os.environ["BOXC_TOKEN"]
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        query: dict[str, str] | None = {}
        while query is not None:
            page = client.get(f"{base}/credentials", params=query).raise_for_status().json()
            for credential in page["credentials"]:
                print(credential["id"], credential["carrier"], credential["created"])
            query = {"page_token": page["next_page"]} if page["next_page"] else None


if __name__ == "__main__":
    main()
