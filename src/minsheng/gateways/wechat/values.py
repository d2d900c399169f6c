"""An account as the file describes it, what somebody did in it, and what can go wrong with its platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from minsheng.domain.rejected import Rejected

WECHAT, WECOM, ALIPAY = KINDS = ("wechat", "wecom", "alipay")
# What a message of a person may be, and what else they do.
TEXT, IMAGE, VOICE, VIDEO, PLACE, LINK, EVENT = "text", "image", "voice", "video", "place", "link", "event"
FOLLOWS, LEAVES, CLICKS, OPENS, CHECKS, RECEIPT = "follows", "leaves", "clicks", "opens", "checks", "receipt"
# What a button of a menu does here.
FILE, BIND, PROGRESS = KEYS = ("FILE", "BIND", "PROGRESS")


class WechatMisconfigured(ValueError):
    """The file of accounts cannot be used; `args[0]` says why, for whoever runs the platform."""


class NotTheirs(Exception):
    """A request that the account's platform has not made, or that cannot be read; `args[0]` says why, in a word."""


class WechatAway(Rejected):
    """The platform does nothing now; another try may help."""

    def __init__(self, code: int | str = "") -> None:
        super().__init__("wechat_away")
        self.number = code


@dataclass(frozen=True, slots=True)
class Template:
    """A template message (`template`) or a subscription message (`subscription`), and what its fields say.

    `{text}` the words, `{short}` twenty letters of them, `{date}` the moment.
    """

    id: str
    fields: Mapping[str, str]
    kind: str = "template"


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the menu: one of `KEYS`, or an address."""

    name: str
    key: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account; `app_id`: of WeCom the enterprise's id, `agent` the application's.

    `keys`: of the messages' cipher, the current one first, none where messages come in clear; `own_key`, `their_key`:
    PEM, for Alipay's signatures.
    """

    name: str
    kind: str
    city: str
    app_id: str
    api: str
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    agent: str = ""
    own_key: str = field(default="", repr=False)
    their_key: str = field(default="", repr=False)
    template: Template | None = None
    menu: tuple[Button, ...] = ()

    def address(self, person: str) -> str:
        """Return where a person is reached in this account: names of persons are an account's own."""
        return f"{self.name}:{person}"


def parted(address: str) -> tuple[str, str]:
    """Return the account's name and the person of an address."""
    account, _, person = address.partition(":")
    return account, person


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a recording that the platform keeps for some days: its id there, and what it is called here."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody did in an account: wrote a message of some kind, or an event (`event`, `key`).

    `id`: the message's number, or the event's person, moment and kind, the same each time that it is brought;
    `at`: seconds since 1970 by the platform's clock; `receipt`: the number and the outcome that a receipt tells.
    """

    id: str
    person: str
    at: int
    kind: str
    text: str = ""
    media: Media | None = None
    event: str = ""
    key: str = ""
    receipt: tuple[str, str] = ("", "")
