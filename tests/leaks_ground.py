"""A person planted in free text, spelled in many ways, and the search for them in what somebody was given."""

from __future__ import annotations

import html
import re

from tests.secrets_ground import ADDRESS, ID_NUMBER, PHONE

# One name in ten spellings, as people and machines write it.
SPELLINGS = (
    "陆晓禾", "陆 晓 禾", "陆　晓　禾", "陆\u200b晓\u200b禾", "陆·晓·禾", "陆-晓-禾", "陸曉禾", "【陆】晓禾",
    "陆\u00ad晓\ufeff禾", "陆_晓_禾",
)  # fmt: skip
PHONES = (
    PHONE, "130 0000 0001", "130-0000-0001", "１３００００００００１", "一三〇〇〇〇〇〇〇〇一",
    "幺三零零零零零零零零幺", "+86 13000000001", "130\u200b00000001", "1.3.0.0.0.0.0.0.0.0.1", "130/0000/0001",
)  # fmt: skip
NUMBERS = (ID_NUMBER, "320281 1985 0315 1231", "３２０２８１１９８５０３１５１２３１")
HOMES = (ADDRESS, "桃源路 1 号 2 幢 301 室", "桃源路一号二幢三〇一室")


def told(text: str) -> list[str]:
    """Return what of the planted person stands in a text that somebody was given, however it was typed."""
    plain = re.sub(r"<[^>]*>", "", html.unescape(text))
    bare = _bare(plain)
    found = [spelling for letters, spelling in _SQUEEZED.items() if letters.removeprefix("86") in bare]
    return [*found, *(each for each in _WANTED if each in plain)]


def _bare(text: str) -> str:
    """Return the letters and digits of a text."""
    return re.sub(r"[\W_]+", "", text)


_WANTED = (*SPELLINGS, *PHONES, *NUMBERS, *HOMES)
_SQUEEZED = {_bare(each): each for each in _WANTED}


def said(place: int) -> str:
    """Return a sentence with the person in it, each time in another spelling."""
    name, phone = SPELLINGS[place % len(SPELLINGS)], PHONES[place % len(PHONES)]
    number, home = NUMBERS[place % len(NUMBERS)], HOMES[place % len(HOMES)]
    return f"反映人{name}，请回电{phone}。证件{number}，住在{home}，人行道破损。"
