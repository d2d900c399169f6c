"""Telephone numbers as people write them, and the one form under which each is kept and found.

The plan of numbers (which exist, where the area code ends) is phonenumberslite's.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import phonenumbers

from minsheng.domain.folding import NUMERALS

_REGION: Final = "CN"
_WORDS: Final = re.compile(
    r"^(?:联系)?(?:电话|手机|座机|固话|号码|tel|phone|mobile|mob)(?:号码?|phone)?\s*[.:]?\s*", re.IGNORECASE
)
_DASHES: Final = re.compile(r"[\-‐‑‒–—―−﹣~_]+")
_EXTENSION: Final = re.compile(r"^(.*\d)\D*(?:转|分机号?|内线|extension|ext|x|#|\*)\D*(\d{1,6})\D*$", re.IGNORECASE)
# 0510-86860001-803: what stands behind a whole fixed line is an extension.
_LAST_PART: Final = re.compile(r"^(.*\d)-(\d{1,6})$")
_FIXED: Final = re.compile(r"0[1-9]\d{1,2}[2-8]\d{6,7}")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
# What stands beside a number and says nothing but that it is the person's: it may be left out.
_SAME: Final = "(?:手机|电话|微信|v信|vx|wx)*(?:同号|同微信|同v|同手机号?|微信|本人|机主本人|本人手机|本人电话)"
_SAME_BESIDE: Final = re.compile(rf"\s*(?:[(\[【]\s*{_SAME}\s*[)\]】]|[\s,，、;]*{_SAME})\s*$", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"^(.*?)[(\[【]([^)\]】]*)[)\]】]\s*$")
_BETWEEN: Final = re.compile(r"[\s,、;/|()\[\]【】\-]+|或者?|以及|和|与")
_BESIDE: Final = re.compile(r"[\s,、;:()\[\]【】]+")
_LEAST_OF_TWO: Final = 7
# A landline as it is dialled at home.
_AT_HOME: Final = re.compile(r"[2-8]\d{6,7}")
# Numbers without an area code: local lines, services (95588, 96889), the hotlines (12345), other cities' switchboards.
_LOCAL: Final = re.compile(r"[2-8]\d{6,7}|1\d{4,5}|9[56]\d{3,7}")


class NoTelephone(ValueError):
    """What was written is no number that one could call back. `reason`: no_digits, too_short, too_long, two (numbers),
    remark (something that is no number stands beside one), unknown.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def normal(text: str, *, area: str = "") -> str:
    """Return a number's one form: 13812345678, 051012345678, 051012345678-803, 86860001, +85223456789.

    Country codes, zeros before a mobile, dots, dashes, brackets, words in front and the form of digits don't matter,
    spelt or not; nor does a remark that the number is the person's own, or their WeChat's.
    `area`: of a landline without one.
    Raises: NoTelephone.
    """
    plain = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    plain = re.sub(r"\s+", " ", plain)
    plain = _DASHES.sub("-", _SAME_BESIDE.sub("", _WORDS.sub("", plain.strip())))
    try:
        return _with_area(_one(plain), area)
    except NoTelephone as fault:
        # 一三八零零…, as it is spelt in a letter.
        spelt = plain.translate(NUMERALS)
        if spelt != plain and _is_number(spelt):
            return _with_area(_one(spelt), area)
        raise NoTelephone(_beside(plain) or fault.reason) from None


def _with_area(number: str, area: str) -> str:
    """Return a landline with the area in front, where it has none and such a line can exist there."""
    line, dash, extension = number.partition("-")
    if not area or not _AT_HOME.fullmatch(line):
        return number
    whole = f"{area}{line}"
    return f"{whole}{dash}{extension}" if phonenumbers.is_valid_number(phonenumbers.parse(whole, _REGION)) else number


def _beside(plain: str) -> str:
    """Return what is wrong with a text that has a number in it and more: `two`, `remark`, or nothing."""
    numbers = [each for each in _BETWEEN.split(plain) if len(each) >= _LEAST_OF_TWO and _is_number(each)]
    if len(numbers) > 1:
        return "two"
    bracketed = _BRACKETED.match(plain)
    parts = [*_BESIDE.split(plain), *([bracketed[1]] if bracketed else [])]
    others = [each for each in _BESIDE.split(plain) if each and not any(map(str.isdecimal, each))]
    whole = [each for each in parts if len(each) >= _LEAST_OF_TWO and _is_number(each)]
    return "remark" if others and whole else ""


def _is_number(text: str) -> bool:
    try:
        _one(text)
    except NoTelephone:
        return False
    return True


def _one(plain: str) -> str:
    """Return the one form of what is a number and nothing else. Raises: NoTelephone."""
    if not any(map(str.isdecimal, plain)):
        raise NoTelephone("no_digits")
    base, extension = _split(plain)
    digits = "".join(filter(str.isdecimal, base))
    if re.search(r"[^\d\s+().\-/·、,]", base):
        raise NoTelephone("unknown")
    if len(digits) < 5:
        raise NoTelephone("too_short")
    if len(digits) > 16:
        raise NoTelephone("too_long")
    number = digits if _LOCAL.fullmatch(digits) and not base.strip().startswith("+") else _national(base)
    return f"{number}-{extension}" if extension else number


def former(number: str, *, area: str = "") -> tuple[str, ...]:
    """Return the other forms under which earlier versions kept a number: a mobile typed with a zero before it, and a
    landline of the area without its code.
    """
    if _MOBILE.fullmatch(number):
        return (f"0{number}",)
    at_home = number.removeprefix(area) if area else number
    return (at_home,) if at_home != number and _AT_HOME.fullmatch(at_home.partition("-")[0]) else ()


def _split(plain: str) -> tuple[str, str]:
    """Return a number and its extension, or nothing for that."""
    if found := _EXTENSION.match(plain):
        return found[1], found[2]
    if (found := _LAST_PART.match(plain)) and _is_fixed_line(found[1]):
        return found[1], found[2]
    return plain, ""


def _is_fixed_line(text: str) -> bool:
    if _LOCAL.fullmatch(text):
        return len(text) >= 7
    try:
        parsed = phonenumbers.parse(text, _REGION)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE


def _national(base: str) -> str:
    """Return a whole number: a Chinese one as it is dialled at home, another with its country. Raises: NoTelephone."""
    abroad = re.sub(r"^\s*00(?=[1-9])", "+", base)
    # 86 in front, and the zero that some put before a mobile.
    home = re.sub(r"^(?:86)?0?(?=1[3-9]\d{9}$)", "", "".join(filter(str.isdecimal, abroad)))
    if _MOBILE.fullmatch(home) and (not abroad.startswith("+") or abroad.startswith("+86")):
        return home
    try:
        parsed = phonenumbers.parse(abroad, _REGION)
    except phonenumbers.NumberParseException:
        raise NoTelephone("unknown") from None
    if not phonenumbers.is_valid_number(parsed):
        # The plan may be older than an exchange: what looks like a fixed line with its area is better kept than lost.
        written = re.sub(r"^86(?=0?[1-9])", "", "".join(filter(str.isdecimal, abroad)))
        if not _FIXED.fullmatch(written):
            raise NoTelephone("unknown")
        return written
    if phonenumbers.region_code_for_number(parsed) != _REGION:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(filter(str.isdecimal, written))
