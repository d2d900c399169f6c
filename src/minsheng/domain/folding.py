"""One spelling for letters that look alike, so that what is looked for is found however it was typed.

Digits of every script, in circles and in brackets, count as the plain ones; full-width signs, blanks and dashes of
every kind too; a radical counts as the letter that it looks like; what nobody sees between letters does not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Radicals of the supplement that stand for a letter, which Unicode's own compatibility forms leave alone.
_RADICALS: Final = dict(
    zip(
        "⺒⺜⺝⺞⺟⺠⺩⺬⺻⻄⻅⻆⻉⻋⻑⻒⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
        "巳日月歹母民王示聿西见角贝车長镸长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙",
        strict=True,
    )
)
# One letter for one letter: full-width signs, the wide blank, the dashes and blanks that people really type.
_PLAIN: Final = (
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {0x3000: " ", 0xA0: " ", 0x202F: " "}
    | dict.fromkeys(range(8192, 8203), " ")
    | dict.fromkeys((*range(8208, 8214), 8722, 65112, 65123), "-")
)
# Texts of these letters alone need no second look at each of them.
_ORDINARY: Final = re.compile(
    "[\t\n\r -~\u00a0\u00b7\u00d7\u2000-\u200a\u2010-\u2027\u202f\u2212\u3000-\u3002\u3005-\u3020"
    "\u4e00-\u9fff\uff01-\uff5e]*"
)
# Digits as they are spelt, also on the radio, and the letters that are typed for them.
_DIGITS: Final = ("〇零○洞Oo", "一壹幺弌lI", "二贰貳两", "三叁參", "四肆", "五伍", "六陆陸", "七柒拐", "八捌", "九玖勾")
NUMERALS: Final = {ord(letter): str(value) for value, letters in enumerate(_DIGITS) for letter in letters}
_UNSEEN_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_MARKS: Final = frozenset(("Cc", "Cf", "Mn", "Me"))


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in one spelling; `places` says for each of its letters where it stands in the text as it was typed."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of the folded text, which may not be empty, begins and ends in the typed one."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Return a text in one spelling."""
    if _ORDINARY.fullmatch(text):
        return Folded(text.translate(_PLAIN), range(len(text)))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        spelt = _spelt(letter)
        letters.append(spelt)
        places += [place] * len(spelt)
    return Folded("".join(letters), places)


def _spelt(letter: str) -> str:
    """Return how one letter is spelt: nothing for what nobody sees, more than one for ⑩ and its like."""
    if letter in "\t\n\r":
        return letter
    if (digit := unicodedata.digit(letter, None)) is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKD", _RADICALS.get(letter, letter)).translate(_PLAIN)
    return "".join(each for each in plain if each not in _UNSEEN_LETTERS and unicodedata.category(each) not in _MARKS)
