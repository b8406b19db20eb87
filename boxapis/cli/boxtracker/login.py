"""``boxapis boxtracker login`` and ``logout``: a customer's session, kept between commands."""

from typing import TYPE_CHECKING, Annotated

import anyio
import typer

from boxapis import ConfigurationError, Secret
from boxapis.cli.boxtracker.current_customer import api_account
from boxapis.cli.boxtracker.login_store import Login, Logins
from boxapis.cli.clients import tracker
from boxapis.cli.console import print_json
from boxapis.cli.options import AsJson, Method, MethodOption
from boxapis.cli.settings.prompts import ask, can_ask, first_line_of_stdin
from boxapis.cli.settings.settings import Profile, Settings, load

if TYPE_CHECKING:
    from boxapis import BoxTracker

__all__ = ["LOGIN_EXAMPLE", "LOGOUT_EXAMPLE", "log_out", "login", "logout"]

LOGIN_EXAMPLE = "Example: boxapis boxtracker login jane"
LOGOUT_EXAMPLE = "Example: boxapis boxtracker logout"

_NAME, _PASSWORD = "BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD"


def login(
    username: Annotated[
        str | None, typer.Argument(help="The customer's.", show_default=f"${_NAME}")
    ] = None,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin.")
    ] = False,
    method: MethodOption = Method.GET,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Log a customer in, for the commands that follow.

    Asks for the password, unless BOXTRACKER_CUSTOMER_PASSWORD is set. It is not kept: what is
    kept is the session key, in a file for you alone, until five minutes pass without a command.
    """
    settings = load(profile)
    whose = _username(settings, username)
    client = tracker(settings, method.value)
    password = _password(settings, whose, from_stdin=password_stdin)
    kept = anyio.run(_log_in, client, whose, password, api_account(settings))
    Logins().keep(settings.profile, kept)
    if as_json:
        print_json({"username": kept.username, "customer_id": kept.customer_id})
    else:
        print(f"{kept.username} is logged in, customer {kept.customer_id}")


def logout(
    *,
    method: MethodOption = Method.GET,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """End the customer's session, here and on the server."""
    username = log_out(load(profile), method)
    if as_json:
        print_json({"username": username})
    else:
        print("nobody was logged in" if username is None else f"{username} is logged out")


def log_out(settings: Settings, method: Method) -> str | None:
    """Forgets the login, then tells the server; who was logged in.

    Raises:
        BoxAPIError: when the server could not be told; the login is forgotten all the same.
    """
    logins = Logins()
    kept = logins.get(settings.profile)
    if kept is None:
        return None
    logins.forget(settings.profile, kept)
    if kept.account == api_account(settings):  # another address must not get the key
        anyio.run(_tell, tracker(settings, method.value), kept)
    return kept.username


def _username(settings: Settings, given: str | None) -> str:
    named = settings.find(_NAME)
    if given is not None and named is not None and named != given:
        raise ConfigurationError(f"{settings.place} names another customer in {_NAME}")
    if given:
        return given
    if named is None:
        raise ConfigurationError(f"name the customer, or {settings.lack(_NAME)}")
    return named.reveal()


def _password(settings: Settings, username: str, *, from_stdin: bool) -> Secret:
    what = f"Password of {username}"
    if from_stdin:
        return first_line_of_stdin(what)
    found = settings.find(_PASSWORD)
    if found is not None:
        return found
    if not can_ask():
        message = f"{settings.lack(_PASSWORD)}, or give it on stdin with --password-stdin"
        raise ConfigurationError(message)
    return ask(what)


async def _log_in(client: "BoxTracker", username: str, password: Secret, whose: str) -> Login:
    began = Logins().now()
    async with client:
        opened = await client.handshakes.customer(username, password)
    return Login(whose, username, opened.customer_id, opened.session_key, began)


async def _tell(client: "BoxTracker", kept: Login) -> None:
    async with client:
        await client.customer(kept.username, session_key=kept.session_key).logout()
