"""Says which extra to install, where the libraries of the sandbox are missing."""

__all__: list[str] = []

try:
    import starlette  # noqa: F401 - only to see whether it is there
    import uvicorn  # noqa: F401 - the same
except ModuleNotFoundError as error:
    message = f"{error.name} is not installed: pip install 'boxapis[sandbox]'"
    raise ModuleNotFoundError(message, name=error.name) from None
