"""Credentials of BoxC as pydantic models."""

from datetime import datetime

from pydantic import BaseModel  # type: ignore[import-not-found,unused-ignore]  # may be absent


class Credential(BaseModel):
    """One credential."""

    id: int
    user_id: int
    carrier: str
    params: dict[str, str]
    created: datetime
    updated: datetime
    deleted: bool


class Page(BaseModel):
    """A page of credentials."""

    credentials: list[Credential]
    next_page: str | None
