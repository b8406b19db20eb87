"""Whose session a command runs in: that of the login kept, or one opened for the command alone."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve, frozen

from boxapis import APIError, ConfigurationError, Secret, SessionExpiredError
from boxapis.cli.boxtracker.login_store import Login, Logins, account
from boxapis.cli.settings.settings import Settings

if TYPE_CHECKING:
    from boxapis import BoxTracker, Customer

__all__ = ["Whose", "api_account"]

T = TypeVar("T")

_LOG_IN = "log in with 'boxapis boxtracker login'"
_NAME, _PASSWORD = "BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD"


def api_account(settings: Settings) -> str:
    """Which API user of which address the settings name."""
    named = (settings.find("BOXTRACKER_USERNAME"), settings.find("BOXTRACKER_BASE_URL"))
    return account(*("" if value is None else value.reveal() for value in named))


@frozen
class Whose:
    """The customer of a command.

    Attributes:
        settings: Which may name a customer and a password.
        logins: Where a login may be kept.
        login: The one that is kept for this API user, if there is one.
    """

    settings: Settings
    logins: Logins
    login: Login | None

    @classmethod
    def of(cls, settings: Settings, logins: Logins) -> "Whose":
        """The customer of the settings, and of the login that is kept for them.

        Raises:
            ConfigurationError: when the two are not the same.
        """
        login = logins.get(settings.profile)
        if login is not None and login.account != api_account(settings):
            login = None
        named = settings.find(_NAME)
        if login is not None and named is not None and named != login.username:
            raise ConfigurationError(
                f"the login is {login.username}'s, but {settings.place} names another customer",
                next_step=f"log out, or set {_NAME} to {login.username}",
            )
        if login is None and named is None:
            raise ConfigurationError(
                "nobody is logged in, or the session is over",
                next_step=_LOG_IN,
            )
        return cls(settings, logins, login)

    async def run(self, tracker: "BoxTracker", work: "Callable[[Customer], Awaitable[T]]") -> T:
        """Does something as this customer.

        With a login first with its key. When that is refused, the login is dropped, and where the
        settings hold a password, a session is opened with it: a refusal proves that nothing was
        done.

        Raises:
            BoxAPIError: see `boxapis.errors`.
        """
        if self.login is not None:
            try:
                return await self._with_key(tracker, self.login, work)
            except SessionExpiredError as error:
                refusal = error
            self.logins.forget(self.settings.profile, self.login)
            if refusal.may_have_been_applied:
                raise refusal
            if not self.settings.has(_PASSWORD):
                raise _over(self.login, refusal)
        username, password = self.settings.need(_NAME, _PASSWORD)
        return await work(tracker.customer(username, password))

    async def _with_key(
        self, tracker: "BoxTracker", login: Login, work: "Callable[[Customer], Awaitable[T]]"
    ) -> T:
        began = self.logins.now()
        customer = tracker.customer(login.username, session_key=login.session_key)
        try:
            done = await work(customer)
        except SessionExpiredError:
            raise
        except APIError:  # a proper answer keeps the session alive all the same
            self._renew(login, customer.session_key, began)
            raise
        self._renew(login, customer.session_key, began)
        return done

    def _renew(self, login: Login, key: Secret | None, began: float) -> None:
        renewed = evolve(login, session_key=key or login.session_key, last_used=began)
        self.logins.renew(self.settings.profile, login, renewed)


def _over(login: Login, refusal: SessionExpiredError) -> SessionExpiredError:
    return SessionExpiredError(
        f"the session of {login.username} is over (status {refusal.code})",
        service="boxtracker",
        status=refusal.status,
        code=refusal.code,
        operation=refusal.operation,
        next_step=_LOG_IN,
    )
