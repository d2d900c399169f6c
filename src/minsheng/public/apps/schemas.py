"""What programs send and get."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Line = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=5_000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CodeIn(_In):
    """To which telephone a code is sent."""

    phone: Line


class TokenIn(_In):
    """The telephone and the code that came there."""

    phone: Line
    code: Line


class AppealIn(_In):
    """An appeal, with the answers that the portal's pages ask for."""

    type: Line
    title: Line
    content: Words
    place: Line = ""
    target_unit: Line = ""
    publish: Line
    appellant: Line
    written: bool = False


class MaterialIn(_In):
    """What is added."""

    text: Words


class UrgeIn(_In):
    """Why it is urged."""

    text: Words = ""


class RatingIn(_In):
    """How satisfied somebody is."""

    satisfied: Line
    resolved: bool
    cause: Words = ""
    remark: Words = ""


class PageIn(_In):
    """Which of the portal's pages: `start`, `file`, `mine`, `questions`, `knowledge`, or `appeal` with a number."""

    page: Line = "start"
    number: Line = ""


class PageOut(BaseModel):
    """Where the program's browser goes, signed in; good once, for so many seconds."""

    address: str
    expires_in: int


class SentOut(BaseModel):
    """That a code was sent; `code` in a demonstration alone, whose telephones are invented."""

    sent: bool
    code: str | None


class TokenOut(BaseModel):
    """A citizen's token (RFC 6749, 5.1); `user` names them in pushes."""

    access_token: str
    token_type: str
    expires_in: int
    user: str


class ChoiceOut(BaseModel):
    """A code and what it is called."""

    code: str
    name: str


class ServicesOut(BaseModel):
    """What the city offers: kinds of appeals, choices, grades, and whether a real name is asked for."""

    name: str
    types: list[ChoiceOut]
    publish: list[ChoiceOut]
    appellants: list[ChoiceOut]
    grades: list[ChoiceOut]
    real_name: bool
    file_mb: int
    files: int


class FiledOut(BaseModel):
    """The number of a filed appeal, and the code that opens it elsewhere."""

    number: str
    code: str


class LineOut(BaseModel):
    """A step in plain words; `text` is what somebody wrote."""

    at: datetime
    words: str
    text: str


class AppealOut(BaseModel):
    """One's own appeal as it stands."""

    number: str
    title: str
    content: str
    registered_at: datetime
    standing: str
    due: datetime | None
    is_open: bool
    may_rate: bool
    steps: list[LineOut]


class BriefOut(BaseModel):
    """An appeal of a list."""

    number: str
    title: str
    registered_at: datetime
    is_open: bool


class AppealsOut(BaseModel):
    """One's own appeals, the newest first."""

    items: list[BriefOut]


class MessageOut(BaseModel):
    """What was written to or by somebody, about an appeal."""

    at: datetime
    from_us: bool
    channel: str
    text: str


class MessagesOut(BaseModel):
    """A conversation, the oldest first."""

    items: list[MessageOut]


class DoneOut(BaseModel):
    """That it was done."""

    done: bool
