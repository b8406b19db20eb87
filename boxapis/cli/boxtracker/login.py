"""``boxapis boxtracker login`` and ``logout``: a customer session that is kept between commands."""

from typing import Annotated

import typer

from boxapis import BoxAPIError, ConfigurationError, Secret
from boxapis._settings.settings import Settings
from boxapis._settings.variables import CUSTOMER_VARIABLES
from boxapis.cli.boxtracker.current_customer import api_account_hash
from boxapis.cli.boxtracker.login_store import Login, LoginStore
from boxapis.cli.clients import boxtracker_client, command_settings, run_call
from boxapis.cli.options import JsonOption, Method, MethodOption, ProfileOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.cli.prompts import can_prompt, prompt_secret, secret_from_stdin

__all__ = ["LOGIN_EXAMPLE", "LOGOUT_EXAMPLE", "end_session", "login", "logout"]

LOGIN_EXAMPLE = "Example: boxapis boxtracker login jane"
LOGOUT_EXAMPLE = "Example: boxapis boxtracker logout"

_USERNAME, _PASSWORD = CUSTOMER_VARIABLES


def login(
    username: Annotated[
        str | None, typer.Argument(help="Customer's user name.", show_default=f"${_USERNAME}")
    ] = None,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin.")
    ] = False,
    method: MethodOption = Method.GET,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Log a customer in for the commands that follow.

    Asks for the password unless BOXTRACKER_CUSTOMER_PASSWORD is set. Keeps the session key, not
    the password, in a file that only you can read, until five minutes pass without a command.
    """
    settings = command_settings(profile)
    customer = _username(settings, username)
    client = boxtracker_client(settings, method.value)
    password = _password(settings, customer, from_stdin=password_stdin)
    logins = LoginStore()
    began = logins.now()
    opened = run_call(client, lambda tracker: tracker.handshakes.customer(customer, password))
    account, number = api_account_hash(settings), opened.customer_id
    saved = Login(account, customer, number, opened.session_key, began)
    try:
        logins.save(settings.profile, saved)
    except ConfigurationError as error:  # which would say that nothing was sent
        message = f"the service accepted {customer}, but {Exception.__str__(error)}"
        raise BoxAPIError(message, next_step="correct it, then log in again") from None
    if for_people(as_json=as_json):
        print(f"{customer} is logged in, customer {number}")
    else:
        print_data({"username": customer, "customer_id": number}, as_json=as_json)


def logout(
    *,
    method: MethodOption = Method.GET,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """End the customer session on the server and forget its key."""
    username = end_session(command_settings(profile), method)
    if not for_people(as_json=as_json):
        print_data({"username": username}, as_json=as_json)
    else:
        print("no customer was logged in" if username is None else f"{username} is logged out")


def end_session(settings: Settings, method: Method) -> str | None:
    """Removes the saved login, then ends its session on the server.

    Returns:
        The user name of the customer who was logged in, or None.

    Raises:
        BoxAPIError: The server did not confirm the log-out; the login is removed all the same.
    """
    logins = LoginStore()
    saved = logins.get(settings.profile)
    if saved is None:
        return None
    logins.remove(settings.profile, saved)
    if saved.account == api_account_hash(settings):  # another address must not get the key
        client = boxtracker_client(settings, method.value)
        name, key = saved.username, saved.session_key
        run_call(client, lambda tracker: tracker.customer(name, session_key=key).logout())
    return saved.username


def _username(settings: Settings, given: str | None) -> str:
    configured = settings.get(_USERNAME)
    if given is not None and configured is not None and configured != given:
        raise ConfigurationError(f"{settings.source} names another customer in {_USERNAME}")
    if given:
        return given
    if configured is None:
        raise ConfigurationError(f"name the customer, or {settings.how_to_set(_USERNAME)}")
    return configured.reveal()


def _password(settings: Settings, username: str, *, from_stdin: bool) -> Secret:
    label = f"Password of {username}"
    if from_stdin:
        return secret_from_stdin(label)
    configured = settings.get(_PASSWORD)
    if configured is not None:
        return configured
    if not can_prompt():
        message = f"{settings.how_to_set(_PASSWORD)}, or give it on stdin with --password-stdin"
        raise ConfigurationError(message)
    return prompt_secret(label)
