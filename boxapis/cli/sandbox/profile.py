"""A profile that leads to a sandbox; its made-up secrets are kept in files of this user."""

from collections.abc import Mapping

from boxapis import ConfigurationError
from boxapis._settings.folders import state_folder
from boxapis._settings.profiles import profile_names, read_profile
from boxapis._settings.state_files import replace_file
from boxapis._settings.variables import SECRETS

__all__ = ["write_sandbox_profile"]


def write_sandbox_profile(name: str, variables: Mapping[str, str]) -> None:
    """Writes a profile, or replaces one that was written here.

    Raises:
        ConfigurationError: There is another profile of this name, or the file cannot be written.
        OSError: A secret cannot be written.
    """
    from boxapis.cli.profile_file import check_profile_name, write_profile  # noqa: PLC0415

    check_profile_name(name)
    folder = state_folder() / "sandbox"
    references = {key: f"file:{folder / f'{name}.{key}'}" for key in SECRETS & variables.keys()}
    if name in profile_names():
        present = read_profile(name)
        if any(present.get(key) != reference for key, reference in references.items()):
            message = f"there is a profile {name!r} that does not lead to a sandbox"
            raise ConfigurationError(message)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for key in references:
        replace_file(folder / f"{name}.{key}", variables[key].encode())
    write_profile(name, {**variables, **references})
