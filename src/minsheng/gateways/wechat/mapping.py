"""What the fields of a platform's messages are called, so that all of them come through the same door."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from dataclasses import dataclass, field
from typing import Final

from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways.sms import DELIVERED, PERMANENT, TEMPORARY
from minsheng.gateways.wechat import values as v
from minsheng.gateways.wechat.values import (
    EVENT,
    IMAGE,
    LINK,
    PLACE,
    RECEIPT,
    TEXT,
    VIDEO,
    VOICE,
    Media,
    NotTheirs,
    Said,
)

# A name or a number of theirs is no longer than this.
_ID: Final = 128
# Without an ending: which kind of file it is, its content says.
_NAMES: Final = {IMAGE: "图片", VOICE: "语音", VIDEO: "视频"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A platform's fields, by their paths below the root; `per_second`: how many of its time's units a second has.

    `kinds`, `events`: its words for kinds of messages and events; others are known by nobody here.
    """

    person: str
    id: str = "MsgId"
    at: str = "CreateTime"
    per_second: int = 1
    kind: str = "MsgType"
    text: str = "Content"
    voice_text: str = "Recognition"
    media: str = "MediaId"
    place: tuple[str, str, str] = ("Label", "Location_X", "Location_Y")
    link: tuple[str, str] = ("Title", "Url")
    event: str = "Event"
    key: str = "EventKey"
    kinds: Fields[str, str] = field(
        default_factory=lambda: {
            "text": TEXT, "image": IMAGE, "voice": VOICE, "video": VIDEO, "shortvideo": VIDEO, "location": PLACE,
            "link": LINK, "event": EVENT,
        }
    )  # fmt: skip
    events: Fields[str, str] = field(
        default_factory=lambda: {
            "subscribe": v.FOLLOWS, "unsubscribe": v.LEAVES, "click": v.CLICKS, "templatesendjobfinish": RECEIPT,
            "enter_agent": v.OPENS,
        }
    )  # fmt: skip

    def said(self, fields: Fields[str, str]) -> Said:
        """Return what somebody did. Raises: NotTheirs where the person, the moment or the number is missing."""
        kind = self.kinds.get(fields.get(self.kind, "").lower(), "")
        person, id, at = fields.get(self.person, ""), fields.get(self.id, ""), fields.get(self.at, "")
        event = self.events.get(fields.get(self.event, "").lower(), "") if kind == EVENT else ""
        if event != v.CHECKS and (not _is_name(person) or not at.isascii() or not at.isdigit() or len(at) > 20):
            raise NotTheirs("fields")
        if kind != EVENT and not _is_name(id):
            raise NotTheirs("number")
        key = kept_of(cleaned(fields.get(self.key, "")))[:_ID]
        receipt = _receipt(event, fields)
        return Said(
            # The platforms' own advice: an event is known by its person and its moment, and here by its kind too.
            id=" ".join((person, at, fields.get(self.event, "")[:_ID], key, receipt[0])) if kind == EVENT else id,
            person=person, at=int(at or 0) // self.per_second, kind=kind, text=self._words(kind, fields),
            media=self._media(kind, fields), event=event, key=key, receipt=receipt,
        )  # fmt: skip

    def _words(self, kind: str, fields: Fields[str, str]) -> str:
        match kind:
            case "text":
                words = fields.get(self.text, "")
            case "voice":
                words = fields.get(self.voice_text, "")
            case "place":
                label, x, y = (fields.get(name, "") for name in self.place)
                words = label or f"{x}, {y}"
            case "link":
                words = "\n".join(fields.get(name, "") for name in self.link)
            case _:
                words = ""
        return kept_of(cleaned(words)).strip()

    def _media(self, kind: str, fields: Fields[str, str]) -> Media | None:
        id = fields.get(self.media, "")
        return Media(id, _NAMES[kind]) if kind in _NAMES and _is_name(id, most=512) else None


def _is_name(text: str, *, most: int = _ID) -> bool:
    return 0 < len(text) <= most and text.isascii() and text.isprintable() and " " not in text


def _receipt(event: str, fields: Fields[str, str]) -> tuple[str, str]:
    """Return the number of the template message and what became of it."""
    id, status = fields.get("MsgID", ""), fields.get("Status", "").lower()
    if event != RECEIPT or not _is_name(id):
        return "", ""
    if status == "success":
        return id, DELIVERED
    return id, PERMANENT if "user block" in status else TEMPORARY


MAPPINGS: Final[Fields[str, Mapping]] = {
    v.WECHAT: Mapping(person="FromUserName"),
    v.WECOM: Mapping(person="FromUserName"),
    v.ALIPAY: Mapping(
        person="FromUserId", per_second=1000, text="Text/Content", media="Image/MediaId", event="EventType",
        key="ActionParam",
        events={"follow": v.FOLLOWS, "unfollow": v.LEAVES, "click": v.CLICKS, "enter": v.OPENS, "verifygw": v.CHECKS},
    ),
}  # fmt: skip
