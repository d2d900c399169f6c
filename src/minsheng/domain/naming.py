"""Whether a text names somebody: a name is looked for inside what was typed, however it was typed.

Letters are compared after folding: one width, no spaces of any kind, nothing that can't be seen. A name that is
told by ear is written with other letters that sound the same, old ones among them (丁立龝, 劉), or in Latin letters
(Ding Liqiu): those are compared by their readings, which a gateway knows. Source: JY-8d, JY-12.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from minsheng.domain.family_names import COMPOUND, SINGLE

# A post or a unit behind a name: 丁立秋（执法队）.
_BESIDE = re.compile(r"[（(【\[〔<《].*?[）)】\]〕>》]")
_LEAST = 2
# Longer ones are names of bodies, or hold a unit's beside the person's.
_LONGEST_SOUNDED = 4
_POSTS = "先生|女士|同志|师傅|老师|警官|[队局处科股所站校院]长|主任|书记|经理|法官|医生|护士|队员|[队科局处]"
_POST = re.compile(_POSTS)
# What ends a phrase: a name does not go on behind it.
_PHRASE = re.compile(r"[^\w\s·•・.\-'’]|\n")
_LATIN = re.compile(r"[a-z]+")

# The readings of a letter with their tones, none for what is no Chinese letter.
Readings = Callable[[str], frozenset[str]]


def folded(text: str) -> str:
    """Return the letters and digits of a text alone, in one width and case: what makes a name the same name."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())


def names(text: str, name: str) -> bool:
    """Tell whether a text names the person who is called so, or the name as it is kept holds what the text calls them.

    丁立秋 is named by 丁 立秋, 城管局丁立秋 and 丁立秋（执法队）; 队长 names nobody.
    """
    said, called = folded(text), folded(_BESIDE.sub("", name)) or folded(name)
    if len(called) < _LEAST or len(said) < _LEAST:
        return False
    bare = folded(_BESIDE.sub("", text))
    is_a_name = len(bare) >= _LEAST and (bare[:1] in SINGLE or bare[:2] in COMPOUND)
    return called in said or (is_a_name and bare in called) or _by_family(text, called)


def _by_family(text: str, called: str) -> bool:
    """Tell whether a text calls somebody of this family name by a post or in passing: 丁队长, 老丁, 丁某, 姓丁的."""
    family = called[:2] if called[:2] in COMPOUND else called[:1]
    if family not in COMPOUND and family not in SINGLE:
        return False
    said = "".join(unicodedata.normalize("NFKC", text).split())
    return re.search(rf"[老小姓]{family}(?!\w)|姓{family}|{family}(?:某|姓|{_POSTS})", said) is not None


def mentions(text: str, name: str) -> bool:
    """Tell whether a long text has the name in it, as it is written: a name of two letters only beside no other letter.

    高兴 is a name in “高兴打人了”, “工作人员（高兴）” and “高兴队长”, and none in “我很高兴”.
    """
    called = folded(_BESIDE.sub("", name)) or folded(name)
    if len(called) > _LEAST:
        return called in folded(text)
    if len(called) < _LEAST:
        return False
    plain = unicodedata.normalize("NFKC", text).casefold()
    return any(_stands_alone(plain, match) for match in re.finditer(re.escape(called), plain))


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()][-1:], text[match.end() :]
    return not before.isalnum() or bool(_POST.match(after))


def names_any(texts: Iterable[str], called: Iterable[str], *, readings: Readings) -> bool:
    """Tell whether one of the texts names one of the people, as it is written or as it sounds."""
    people = tuple(called)
    return any(names(text, name) or sounds_like(text, name, readings) for text in texts for name in people)


def sounds_like(text: str, name: str, readings: Readings) -> bool:
    """Tell whether a text holds letters that are read as the name is, tones and all, or the name in Latin letters.

    丁立秋 is told by 丁立龝, 丁丽秋, Ding Liqiu, dīng lì qiū and LIQIU DING; 丁立冬 and 李秋 are others. Two letters
    sound like half of what people say: of a name of two only old and foreign forms count (劉偉, not 柳尾).
    """
    called = folded(_BESIDE.sub("", name))
    sounds = [readings(letter) for letter in called]
    if not _LEAST <= len(called) <= _LONGEST_SOUNDED or not all(sounds):
        return False
    phrases = _PHRASE.split(unicodedata.normalize("NFKC", text))
    return any(_is_heard(folded(phrase), called, readings) or _is_spelled(phrase, sounds) for phrase in phrases)


def _is_heard(said: str, called: str, readings: Readings) -> bool:
    by_ear = len(called) > _LEAST

    def fits(letter: str, wanted: str) -> bool:
        if letter == wanted:
            return True
        return not readings(letter).isdisjoint(readings(wanted)) and (by_ear or not _is_everyday(letter))

    starts = range(len(said) - len(called) + 1)
    return any(all(fits(said[start + place], wanted) for place, wanted in enumerate(called)) for start in starts)


def _is_everyday(letter: str) -> bool:
    """Tell whether a letter is one of those that are written today; the standard of 1980 has no old forms."""
    try:
        return bool(letter.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _is_spelled(phrase: str, sounds: Sequence[frozenset[str]]) -> bool:
    words = _LATIN.findall(_without_tones(phrase))
    if not words:
        return False
    # A family name has one letter or two, and stands in front or, as abroad, behind.
    orders = [[*sounds[turn:], *sounds[:turn]] for turn in range(min(3, len(sounds)))]
    spelled = [re.compile("".join(f"(?:{'|'.join(sorted(_spellings(each)))})" for each in order)) for order in orders]
    return any(pattern.fullmatch(said) for said in _joined(words, len(sounds)) for pattern in spelled)


def _joined(words: Sequence[str], most: int) -> Iterator[str]:
    """Give what stands beside one another, up to so many words, as one."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + most) + 1):
            yield "".join(words[start:end])


def _spellings(readings: Iterable[str]) -> set[str]:
    """Return how readings are typed without tones: lǚ as lu, lv and lyu."""
    found = set()
    for each in readings:
        plain = unicodedata.normalize(
            "NFC", re.sub("[\u0300\u0301\u0304\u030c]", "", unicodedata.normalize("NFD", each))
        )
        found |= {plain.replace("ü", typed) for typed in ("u", "v", "yu")}
    return found


def _without_tones(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each) and each not in "'’")
