"""The kinds of field that a command may have, and how plain values become them.

Plain values come from scenario files, forms and the API: text, truth, numbers, lists and maps.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from minsheng.domain.kinds import OWN
from minsheng.domain.text import UNKEPT, cleaned

C = TypeVar("C")

# Characters that a field may hold: a line of a form, and a text such as a letter (real ones reach 9,000).
SHORT, LONG = 1_000, 20_000
MOST_NAMES = 50
# A moment outside these years is a slip of the pen; the arithmetic of time zones ends near years 1 and 9999.
FIRST_YEAR, LAST_YEAR = 1950, 2200

# How YAML and people write truth.
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Attestation:
    """That something was told or agreed: when, by which channel, in which words."""

    at: datetime | None = None
    channel: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class EmergencyForm:
    """What must be known of an emergency (JY-35a), and why it is one (JY-34).

    `happening`: since when it happens; `plan`: the plan whose case it is; `reason`: another good reason to respond at
    once.
    """

    level: str = "major"
    place: str = ""
    facts: str = ""
    ground: str = ""
    happening: datetime | None = None
    plan: str = ""
    reason: str = ""

    @property
    def rests_on(self) -> tuple[str, ...]:
        """What its ground rests on, a line each: it is kept with the caller's words, as who said it named people."""
        since = f"{self.happening:%Y-%m-%d %H:%M}" if self.happening is not None else ""
        told = (("危害开始时间", since), ("依据的应急预案", self.plan), ("要求立即响应的理由", self.reason))
        return tuple(f"{label}：{text}" for label, text in told if text)


class Malformed(ValueError):
    """A value that a field can't take: `key` names the field, `code` the reason, `params` the details."""

    def __init__(self, key: str, code: str, **params: object) -> None:
        super().__init__(f"{key}: {code}")
        self.key, self.code, self.params = key, code, params


def kind_of(kind: str, default: object, **more: object) -> Any:
    return dataclasses.field(default=default, metadata={"kind": kind, **more})


def text(*, long: bool = False, offers: tuple[str, ...] = (), spelled: str = "") -> Any:
    """Return a field for text; `offers`: the codes that a form lets choose of, which the life cycle checks.

    `spelled`: how stories and the API call a field whose name is a word of Python.
    """
    return kind_of("text", "", long=long, offers=offers, spelled=spelled)


def choice(*values: str) -> Any:
    return kind_of("choice", "", values=values)


def code(*known: str) -> Any:
    """Return a field for a code that the pack lists: one of `known`, or one of a city's own (`x_…`, `X…`)."""
    return kind_of("code", "", values=known)


def flag(*, asked: bool = False) -> Any:
    """Return a field for truth; `asked`: a form asks for yes or no, since silence is neither."""
    return kind_of("flag", None, asked=asked)


def names(*, offers: tuple[str, ...] = ()) -> Any:
    """Return a field for several names; `offers` as of a text."""
    return kind_of("names", (), offers=offers)


def moment() -> Any:
    return kind_of("moment", None)


def day() -> Any:
    """Return a field for a day of the city's calendar."""
    return kind_of("day", None)


def count(*, most: int = 999) -> Any:
    return kind_of("count", None, most=most)


def map_of(shape: type) -> Any:
    return kind_of("map", None, shape=shape)


def maps_of(shape: type) -> Any:
    """Return a field for a list of maps; `shape` is a dataclass of fields as commands have them."""
    return kind_of("maps", (), shape=shape)


def build(shape: type[C], values: Mapping[str, object], *, zone: Any) -> C:
    """Return the command of a class with plain values. Raises: Malformed as `read_value`, and for an unknown field."""
    fields = dataclasses.fields(cast(Any, shape))
    known = {each.name: each for each in fields}
    known |= {each.metadata["spelled"]: each for each in fields if each.metadata.get("spelled")}
    read: dict[str, object] = {}
    for key, value in values.items():
        if key not in known:
            raise Malformed(key, "unknown_field", known=tuple(known))
        if value is not None:
            read[known[key].name] = read_value(key, value, known[key].metadata, zone)
    return shape(**read)


def read_value(key: str, value: object, metadata: Mapping[str, Any], zone: Any) -> object:
    """Return `value` as the field's kind wants it. Raises: Malformed."""
    match metadata["kind"]:
        case "text":
            return plain_text(key, value, limit=LONG if metadata["long"] else SHORT)
        case "choice":
            text = _read_text(key, value)
            if metadata["values"] == ("yes", "no") and text.lower() in _TRUTH:
                text = "yes" if _TRUTH[text.lower()] else "no"
            if text and text not in metadata["values"]:
                raise Malformed(key, "not_a_choice", value=text, choices=metadata["values"])
            return text
        case "code":
            text = _read_text(key, value)
            if text and text not in metadata["values"] and not OWN.fullmatch(text):
                raise Malformed(key, "not_a_choice", value=text, choices=metadata["values"])
            return text
        case "grade":
            if isinstance(value, bool):
                return "satisfied" if value else "dissatisfied"
            text = _read_text(key, value)
            if text.lower() in _TRUTH:
                return "satisfied" if _TRUTH[text.lower()] else "dissatisfied"
            if text and text not in metadata["values"] and not OWN.fullmatch(text):
                raise Malformed(key, "not_a_choice", value=text, choices=metadata["values"])
            return text
        case "flag":
            return _read_flag(key, value)
        case "count":
            return _read_count(key, value, metadata["most"])
        case "moment":
            return read_moment(key, value, zone)
        case "day":
            return read_day(key, value)
        case "names":
            values = value if isinstance(value, list | tuple) else [value]
            if len(values) > MOST_NAMES:
                raise Malformed(key, "too_many", limit=MOST_NAMES)
            return tuple(_read_text(key, each) for each in values)
        case "maps":
            return _read_maps(key, value, metadata["shape"], zone)
        case "attest":
            if isinstance(value, Mapping):
                return _read_map(key, value, Attestation, zone)
            return Attestation() if _read_flag(key, value) else None
        case _:
            if not isinstance(value, Mapping):
                raise Malformed(key, "not_a_map", value=value)
            return _read_map(key, value, metadata["shape"], zone)


def read_moment(key: str, value: object, zone: Any) -> datetime:
    """Return the moment that `value` writes; without an offset it is in `zone`. Raises: Malformed."""
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise Malformed(key, "not_a_moment", value=value) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Malformed(key, "not_a_moment", value=value)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_day(key: str, value: object) -> date:
    """Return the day that `value` writes, as 2026-09-18. Raises: Malformed."""
    try:
        day = value if type(value) is date else date.fromisoformat(str(value).strip())
    except ValueError:
        raise Malformed(key, "not_a_day", value=value) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Malformed(key, "not_a_day", value=value)
    return day


def plain_text(key: str, value: object, *, limit: int) -> str:
    """Return a value as text that databases and documents can keep; a line's end counts as one character.

    Raises: Malformed, also for more than `limit` characters.
    """
    if isinstance(value, Mapping | list | tuple):
        raise Malformed(key, "not_text", value=value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    plain = cleaned(str(value)).strip()
    if len(plain) > limit:
        raise Malformed(key, "too_long", limit=limit)
    if UNKEPT.search(plain):
        raise Malformed(key, "bad_characters")
    return plain


def _read_text(key: str, value: object) -> str:
    return plain_text(key, value, limit=SHORT)


def _read_flag(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in _TRUTH and text not in ("1", "0"):
        raise Malformed(key, "not_a_flag", value=value)
    return _TRUTH.get(text, text == "1")


def _read_count(key: str, value: object, most: int) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,6}", text) or int(text) > most:
        raise Malformed(key, "not_a_count", value=value, limit=most)
    return int(text)


def _read_maps(key: str, value: object, shape: type, zone: Any) -> tuple[object, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    if len(values) > MOST_NAMES:
        raise Malformed(key, "too_many", limit=MOST_NAMES)
    read: list[object] = []
    for place, each in enumerate(values, start=1):
        where = f"{key}.{place}"
        if not isinstance(each, Mapping):
            raise Malformed(where, "not_a_map", value=each)
        try:
            read.append(build(shape, each, zone=zone))
        except Malformed as fault:
            raise Malformed(f"{where}.{fault.key}", fault.code, **fault.params) from None
    return tuple(read)


def _read_map(key: str, value: Mapping[str, object], shape: type, zone: Any) -> object:
    read: dict[str, object] = {}
    known = {each.name for each in dataclasses.fields(shape)}
    for name, part in value.items():
        where = f"{key}.{name}"
        if name not in known:
            raise Malformed(where, "unknown_field", known=tuple(sorted(known)))
        if part is None:
            continue
        limit = LONG if name in ("facts", "text", "reason") else SHORT
        read[name] = (
            read_moment(where, part, zone) if name in ("at", "happening") else plain_text(where, part, limit=limit)
        )
    if shape is EmergencyForm and read.get("level", "major") not in ("major", "critical"):
        raise Malformed(f"{key}.level", "not_a_choice", value=read["level"], choices=("major", "critical"))
    return shape(**read)
