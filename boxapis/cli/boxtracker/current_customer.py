"""The customer whose session a command runs in: the saved login, or a session for this command."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve, frozen

from boxapis import APIError, ConfigurationError, Secret, SessionExpiredError
from boxapis._settings.settings import Settings
from boxapis._settings.variables import CUSTOMER_VARIABLES
from boxapis.cli.boxtracker.login_store import Login, LoginStore, account_hash
from boxapis.cli.console import print_warning

if TYPE_CHECKING:
    from boxapis import BoxTracker, Customer

__all__ = ["CurrentCustomer", "api_account_hash"]

T = TypeVar("T")

_LOG_IN = "log in with 'boxapis boxtracker login'"
_USERNAME, _PASSWORD = CUSTOMER_VARIABLES


def api_account_hash(settings: Settings) -> str:
    """Identifies the API user and the address of the settings; see `account_hash`."""
    values = (settings.get("BOXTRACKER_USERNAME"), settings.get("BOXTRACKER_BASE_URL"))
    return account_hash(*("" if value is None else value.reveal() for value in values))


@frozen
class CurrentCustomer:
    """The customer of a command.

    Attributes:
        settings: Settings that may name a customer and a password.
        logins: Store of the saved logins.
        login: The saved login for this API user, or None.
    """

    settings: Settings
    logins: LoginStore
    login: Login | None

    @classmethod
    def from_settings(cls, settings: Settings, logins: LoginStore) -> "CurrentCustomer":
        """The customer that the settings name, or who is logged in.

        Raises:
            ConfigurationError: Settings and login name two customers, or none.
        """
        login = logins.get(settings.profile)
        if login is not None and login.account != api_account_hash(settings):
            login = None
        username = settings.get(_USERNAME)
        if login is not None and username is not None and username != login.username:
            raise ConfigurationError(
                f"{login.username} is logged in, but {settings.source} names another customer",
                next_step=f"log out, or set {_USERNAME} to {login.username}",
            )
        if login is None and username is None:
            raise ConfigurationError(
                "no customer is logged in, or the session has expired",
                next_step=_LOG_IN,
            )
        return cls(settings, logins, login)

    async def run(self, tracker: "BoxTracker", work: "Callable[[Customer], Awaitable[T]]") -> T:
        """Runs a function as this customer.

        Uses the key of a saved login first. If the service refuses it, the login is removed, and
        the function runs again in a new session if the settings hold a password: a refused key
        means that nothing was carried out.

        Raises:
            BoxAPIError: See `boxapis.errors`.
        """
        if self.login is not None:
            try:
                return await self._run_with_key(tracker, self.login, work)
            except SessionExpiredError as error:
                refusal = error
            with _warning_only():
                self.logins.remove(self.settings.profile, self.login)
            if refusal.may_have_been_applied:
                raise refusal
            if not self.settings.has(_PASSWORD):
                raise _expired(self.login, refusal)
        username, password = self.settings.require(_USERNAME, _PASSWORD)
        return await work(tracker.customer(username, password))

    async def _run_with_key(
        self, tracker: "BoxTracker", login: Login, work: "Callable[[Customer], Awaitable[T]]"
    ) -> T:
        began = self.logins.now()
        customer = tracker.customer(login.username, session_key=login.session_key)
        try:
            result = await work(customer)
        except SessionExpiredError:
            raise
        except APIError:  # the service answered, which keeps the session alive all the same
            self._renew(login, customer.session_key, began)
            raise
        self._renew(login, customer.session_key, began)
        return result

    def _renew(self, login: Login, key: Secret | None, began: float) -> None:
        renewed = evolve(login, session_key=key or login.session_key, last_used=began)
        with _warning_only():
            self.logins.replace(self.settings.profile, login, renewed)


@contextmanager
def _warning_only() -> Iterator[None]:
    """Prints a failure to save logins as a warning.

    The service has answered by then: an error that says that nothing was sent would hide it.
    """
    try:
        yield
    except ConfigurationError as error:
        print_warning(Exception.__str__(error))


def _expired(login: Login, refusal: SessionExpiredError) -> SessionExpiredError:
    return SessionExpiredError(
        f"the session of {login.username} has expired (status {refusal.code})",
        service="boxtracker",
        status=refusal.status,
        code=refusal.code,
        operation=refusal.operation,
        next_step=_LOG_IN,
    )
